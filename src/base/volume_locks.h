// SPDX-License-Identifier: Apache-2.0
// One operation at a time on each volume. A second one is refused, not queued: the caller
// (kubelet, a sidecar) retries with backoff, and no thread waits behind another's storage.
#ifndef RDS_CSI_BASE_VOLUME_LOCKS_H_
#define RDS_CSI_BASE_VOLUME_LOCKS_H_

#include <mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"

namespace rds_csi {

class VolumeLocks {
 public:
  // Held while it lives. Movable.
  class Lock {
   public:
    Lock(Lock&& other) noexcept;
    Lock& operator=(Lock&&) = delete;
    ~Lock();

   private:
    friend class VolumeLocks;
    Lock(VolumeLocks* locks, std::string volume_id);
    VolumeLocks* locks_;
    std::string volume_id_;
  };

  // `operation` is what the refused caller is told is running.
  // ABORTED: another operation on this volume runs (CSI: "operation pending for volume").
  absl::StatusOr<Lock> TryLock(std::string_view volume_id, std::string_view operation);

 private:
  void Release(const std::string& volume_id);

  // The standard's own: ThreadSanitizer does not see into Debian's absl::Mutex.
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::string> held_;  // guarded by mutex_: volume → operation
};

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_VOLUME_LOCKS_H_
