// SPDX-License-Identifier: Apache-2.0
// The API server for unit tests: objects by path with resource versions, lists in pages, watches
// with bookmarks, merge patches, a journal of what was asked, and faults as data. What it answers
// has been compared with a real one by tests/kube.
#ifndef RDS_CSI_KUBE_FAKE_HTTP_H_
#define RDS_CSI_KUBE_FAKE_HTTP_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kube/http.h"
#include "kube/json.h"
#include "kube/resource.h"

namespace rds_csi {

// Called from many threads at once.
class FakeKube final : public Http {
 public:
  absl::StatusOr<Answer> Send(const Request& request, const Until& until) override;
  absl::StatusOr<Answer> Stream(const Request& request, const Until& until,
                                const OnLine& on_line) override;

  // As if somebody else did it. `object` needs metadata.name; uid and resourceVersion are made.
  void Put(const Resource& resource, Json object);
  void Remove(const Resource& resource, const ObjectName& name);
  std::optional<Json> Find(const Resource& resource, const ObjectName& name) const;
  std::vector<Json> All(const Resource& resource) const;

  // Forgets what was before now: lists under way and watches from before then end in 410.
  void Compact();
  // Every watch gets a bookmark.
  void SendBookmarks();
  // Every watch gets this line, whatever it is.
  void SendLine(const std::string& line);
  // Every watch breaks off: UNAVAILABLE.
  void BreakWatches();

  // What the next requests get that have this verb (get, list, watch, create, patch) instead of
  // being carried out.
  struct Fault {
    std::string verb;
    Answer answer;         // or
    absl::Status failure;  // UNAVAILABLE, DEADLINE_EXCEEDED …, unless OK
    int times = 1;
    bool carried_out = false;  // and nobody hears of it
  };
  void Fail(Fault fault);
  // An answer in which the server refuses with a Status object, which is about the object `name`.
  static Answer Refusal(long http_status, const std::string& reason, const std::string& name = "");

  // "GET /api/v1/nodes?limit=500", in order.
  std::vector<std::string> Journal() const;
  // Those that begin with this.
  int Asked(const std::string& beginning) const;
  // How long whoever asked the last of those was ready to wait.
  absl::Duration Patience(const std::string& beginning) const;

 private:
  struct Place;  // what a path means
  struct Entry {
    std::string line;
    absl::Duration patience;
  };
  struct Change {
    int64_t version = 0;
    std::string type;  // "ADDED" …
    std::string collection;
    Json object;
  };
  using Key = std::pair<std::string, ObjectName>;

  static std::optional<Place> Locate(const std::string& path);
  void Enter(const Request& request, const Until& until);
  std::optional<Answer> Faulty(const std::string& verb, absl::Status& failure, bool& carry_out);
  Answer CarryOut(const Request& request, const Place& place);
  Answer List(const Place& place) const;
  Answer Create(const Place& place, const std::string& body);
  Answer Patch(const Place& place, const std::string& body);
  void Store(const std::string& collection, Json object, const std::string& type);
  // The lines for a watch from `from`, which moves on.
  std::vector<std::string> News(const Place& place, int64_t& from) const;

  mutable std::mutex mutex_;  // of all below
  std::condition_variable_any changed_;
  std::map<Key, Json> objects_;
  std::vector<Change> history_;
  std::vector<std::string> extra_lines_;
  std::deque<Fault> faults_;
  std::vector<Entry> journal_;
  int64_t version_ = 100;
  int64_t compacted_ = 0;
  int breaks_ = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_FAKE_HTTP_H_
