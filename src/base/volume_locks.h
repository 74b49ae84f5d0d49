// SPDX-License-Identifier: Apache-2.0
// One operation at a time on each volume. A second one is refused, not queued: the caller
// (kubelet, a sidecar) retries with backoff, and no thread waits behind another's storage.
#ifndef RDS_CSI_BASE_VOLUME_LOCKS_H_
#define RDS_CSI_BASE_VOLUME_LOCKS_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

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
  // ABORTED: another operation on this volume runs (CSI: "operation pending for volume"). Work in
  // the background is no operation that a caller knows of: it is waited for, at most `patience`.
  absl::StatusOr<Lock> TryLock(std::string_view volume_id, std::string_view operation,
                               absl::Duration patience = absl::ZeroDuration());

  // For work in the background, which callers wait for: it never waits itself. ABORTED.
  absl::StatusOr<Lock> TryLockInBackground(std::string_view volume_id, std::string_view operation);

 private:
  struct Holder {
    std::string operation;
    bool background = false;
  };

  absl::StatusOr<Lock> Take(std::string_view volume_id, const Holder& holder);  // mutex_ is held
  void Release(const std::string& volume_id);

  // The standard's own: ThreadSanitizer does not see into Debian's absl::Mutex.
  std::mutex mutex_;
  std::condition_variable released_;
  absl::flat_hash_map<std::string, Holder> held_;  // guarded by mutex_: by volume
};

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_VOLUME_LOCKS_H_
