// SPDX-License-Identifier: Apache-2.0
// The Kubernetes API as far as the driver uses it. Objects are JSON; what is read of them is in
// kube/objects.h. They are changed by merge patches that name what changes, never written back, so
// that fields nobody here knows survive.
//
// Errors are those of kube/http.h and of kube/api_status.h. An answer that cannot be read is
// INTERNAL and names what was asked for. Where the server asks to come back later (429, 503 with
// Retry-After), that is done while the caller's deadline allows.
#ifndef RDS_CSI_KUBE_API_H_
#define RDS_CSI_KUBE_API_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kube/api_status.h"
#include "kube/http.h"
#include "kube/json.h"
#include "kube/resource.h"

namespace rds_csi {

// Takes what a list consists of.
struct ListSink {
  // Forget what was taken: the server no longer keeps the state that the list began with. May be
  // called before anything was taken.
  std::function<void()> start_over;
  // An error ends the list and is passed on.
  std::function<absl::Status(const Json& object)> take;
};

struct ListOptions {
  int page = 500;  // objects asked for at once
  // Members that nobody reads, at any depth, so that they take no memory.
  std::set<std::string> leave_out = {"managedFields"};
};

struct WatchEvent {
  enum class Kind { kAdded, kModified, kDeleted, kBookmark };
  Kind kind = Kind::kAdded;
  Json object;
};

struct WatchOptions {
  absl::Duration length = absl::Seconds(290);  // after which the server ends it
  std::set<std::string> leave_out = {"managedFields"};
};

// How a watch ended without an error.
enum class WatchEnd {
  kOver,    // its time is up: watch on from where it was
  kExpired  // the server no longer keeps what came after `from`: list again
};

class KubeApi {
 public:
  using Until = Http::Until;

  explicit KubeApi(Http& http) : http_(http) {}

  // NOT_FOUND: there is none.
  absl::StatusOr<Json> Get(const Resource& resource, const ObjectName& name,
                           const Until& until) const;

  // All objects, of one name space or (empty) of all, page by page. Answers the resource version
  // that a watch goes on from. OUT_OF_RANGE: the objects change so fast that no list was ever
  // ended.
  absl::StatusOr<std::string> List(const Resource& resource, const std::string& name_space,
                                   const ListOptions& options, const ListSink& sink,
                                   const Until& until) const;

  // Hands on what happens after `from`, bookmarks too, and moves `from` along with it. An error of
  // `on_event` (any but OUT_OF_RANGE) ends the watch and is passed on.
  absl::StatusOr<WatchEnd> Watch(const Resource& resource, const std::string& name_space,
                                 const WatchOptions& options, std::string& from,
                                 const std::function<absl::Status(const WatchEvent&)>& on_event,
                                 const Until& until) const;

  // What the server made of it. ALREADY_EXISTS.
  absl::StatusOr<Json> Create(const Resource& resource, const std::string& name_space,
                              const Json& object, const Until& until) const;

  // Merges `patch` (RFC 7386: null removes a member) into the object and answers it. NOT_FOUND.
  // ABORTED: the patch names a metadata.resourceVersion, and that is no longer the object's.
  absl::StatusOr<Json> MergePatch(const Resource& resource, const ObjectName& name,
                                  const Json& patch, const Until& until) const;

 private:
  absl::StatusOr<std::string> Send(const Http::Request& request, const Asked& asked,
                                   const Until& until) const;
  absl::StatusOr<Json> SendForObject(const Http::Request& request, const Asked& asked,
                                     const Until& until) const;

  Http& http_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_API_H_
