// SPDX-License-Identifier: Apache-2.0
// Follows all objects of a kind, for as long as it lives, on a thread of its own: list, watch from
// there, watch on; list again when the server no longer keeps what is needed. kube/watched.h keeps
// what comes out of it.
#ifndef RDS_CSI_KUBE_LIST_WATCH_H_
#define RDS_CSI_KUBE_LIST_WATCH_H_

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "kube/api.h"

namespace rds_csi {

struct FollowOptions {
  std::string name_space;  // empty: all of them
  ListOptions list;
  WatchOptions watch;
  absl::Duration list_timeout = absl::Minutes(2);
  // Between tries while nothing works: doubling from the first to the ceiling.
  absl::Duration first_wait = absl::Milliseconds(500);
  absl::Duration longest_wait = absl::Seconds(30);
};

// What becomes of the objects. Called from the thread of the ListWatch alone. An error says that an
// object cannot be read: what was followed is then no longer known, and is listed again later.
class Follower {
 public:
  virtual ~Follower() = default;

  virtual void BeginList() = 0;                          // what follows are all objects
  virtual absl::Status Listed(const Json& object) = 0;   // one of them
  virtual void EndList() = 0;                            // those were all
  virtual absl::Status Changed(const Json& object) = 0;  // new, or another than before
  virtual absl::Status Gone(const Json& object) = 0;
};

// How well the objects are known.
struct Freshness {
  bool complete = false;  // a list was ended once: what is known was all, at some time
  // When the server last said something about them (a list, a change, a bookmark, the regular end
  // of a watch); long ago while it cannot be reached.
  absl::Time as_of = absl::InfinitePast();
  absl::Status error;  // why it does not go on at the moment
};

class ListWatch {
 public:
  // Begins at once. `api` and `follower` outlive it, and `follower` may be called before this
  // returns.
  ListWatch(const KubeApi& api, const Resource& resource, FollowOptions options,
            Follower& follower);

  // Ends a request that is under way, at once.
  ~ListWatch();

  ListWatch(const ListWatch&) = delete;
  ListWatch& operator=(const ListWatch&) = delete;

  Freshness Fresh() const;

  // Whether a first list has ended before `deadline`.
  bool WaitUntilComplete(absl::Time deadline) const;

 private:
  void Run(const std::stop_token& stop);
  // One list, or one watch after it.
  absl::Status Step(const std::stop_token& stop);
  absl::Status List(const std::stop_token& stop);
  absl::Status Watch(const std::stop_token& stop);
  absl::Status Take(const WatchEvent& event);
  void HeardAt(absl::Time time);
  void Note(const absl::Status& status);

  const KubeApi& api_;
  const Resource resource_;
  const FollowOptions options_;
  Follower& follower_;

  // Of the thread alone.
  std::string version_;  // what is known; a watch goes on from there
  bool listed_ = false;
  bool heard_ = false;  // something, since the last step began

  mutable std::mutex mutex_;
  mutable std::condition_variable completed_;
  Freshness fresh_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_LIST_WATCH_H_
