// SPDX-License-Identifier: Apache-2.0
// All objects of a kind, kept up to date by a list and watch: a cache of the few things that are
// asked of each, so that ten thousand objects take little memory. It lags behind the truth; nothing
// is ever taken away from anybody on its word alone.
#ifndef RDS_CSI_KUBE_WATCHED_H_
#define RDS_CSI_KUBE_WATCHED_H_

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "kube/list_watch.h"
#include "kube/objects.h"

namespace rds_csi {

template <typename Value>
class Watched final : private Follower {
 public:
  // What to keep of an object; none: it is of no interest. An error makes the whole cache unknown
  // until the object can be read: it is never taken for absent.
  using Extract = std::function<absl::StatusOr<std::optional<Value>>(const Json& object)>;

  // Begins at once; never waits.
  Watched(const KubeApi& api, const Resource& resource, Extract extract, FollowOptions options = {})
      : extract_(std::move(extract)), list_watch_(api, resource, std::move(options), *this) {}

  // How old what is kept may be, and why.
  Freshness Fresh() const { return list_watch_.Fresh(); }

  // Whether a first list has ended before `deadline`.
  bool WaitUntilComplete(absl::Time deadline) const {
    return list_watch_.WaitUntilComplete(deadline);
  }

  std::optional<Value> Find(const ObjectName& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(name);
    if (found == kept_.end()) return std::nullopt;
    return found->second;
  }

  // Of one moment.
  std::vector<Value> All() const {
    const std::lock_guard lock(mutex_);
    std::vector<Value> all;
    all.reserve(kept_.size());
    for (const auto& [name, value] : kept_) all.push_back(value);
    return all;
  }

 private:
  using Kept = std::map<ObjectName, Value>;

  void BeginList() override { listed_.clear(); }

  absl::Status Listed(const Json& object) override { return Keep(object, listed_); }

  void EndList() override {
    const std::lock_guard lock(mutex_);
    kept_ = std::exchange(listed_, Kept());
  }

  absl::Status Changed(const Json& object) override {
    const std::lock_guard lock(mutex_);
    return Keep(object, kept_);
  }

  absl::Status Gone(const Json& object) override {
    ASSIGN_OR_RETURN(const ObjectMeta meta, ReadMeta(object, "object"));
    const std::lock_guard lock(mutex_);
    kept_.erase(meta.name);
    return absl::OkStatus();
  }

  absl::Status Keep(const Json& object, Kept& in) const {
    ASSIGN_OR_RETURN(const ObjectMeta meta, ReadMeta(object, "object"));
    ASSIGN_OR_RETURN(std::optional<Value> value, extract_(object));
    if (value) {
      in.insert_or_assign(meta.name, *std::move(value));
    } else {
      in.erase(meta.name);
    }
    return absl::OkStatus();
  }

  const Extract extract_;
  Kept listed_;  // while a list is under way; of its thread alone
  mutable std::mutex mutex_;
  Kept kept_;             // guarded by mutex_
  ListWatch list_watch_;  // last: it calls the others
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_WATCHED_H_
