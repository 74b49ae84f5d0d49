// SPDX-License-Identifier: Apache-2.0
#include "base/volume_locks.h"

#include <fmt/format.h>

#include <utility>

#include "absl/status/status.h"
#include "base/status.h"

namespace rds_csi {

VolumeLocks::Lock::Lock(VolumeLocks* locks, std::string volume_id)
    : locks_(locks), volume_id_(std::move(volume_id)) {}

VolumeLocks::Lock::Lock(Lock&& other) noexcept
    : locks_(std::exchange(other.locks_, nullptr)), volume_id_(std::move(other.volume_id_)) {}

VolumeLocks::Lock::~Lock() {
  if (locks_ != nullptr) locks_->Release(volume_id_);
}

absl::StatusOr<VolumeLocks::Lock> VolumeLocks::TryLock(std::string_view volume_id,
                                                       std::string_view operation,
                                                       absl::Duration patience) {
  std::unique_lock lock(mutex_);
  released_.wait_for(lock, absl::ToChronoMilliseconds(patience), [&] {
    const auto held = held_.find(std::string(volume_id));
    return held == held_.end() || !held->second.background;
  });
  return Take(volume_id, {.operation = std::string(operation), .background = false});
}

absl::StatusOr<VolumeLocks::Lock> VolumeLocks::TryLockInBackground(std::string_view volume_id,
                                                                   std::string_view operation) {
  const std::lock_guard lock(mutex_);
  return Take(volume_id, {.operation = std::string(operation), .background = true});
}

absl::StatusOr<VolumeLocks::Lock> VolumeLocks::Take(std::string_view volume_id,
                                                    const Holder& holder) {
  const auto [held, inserted] = held_.try_emplace(std::string(volume_id), holder);
  if (!inserted) {
    return absl::AbortedError(
        fmt::format("volume {}: {} is still running; try again when it has ended", volume_id,
                    held->second.operation));
  }
  return Lock(this, std::string(volume_id));
}

void VolumeLocks::Release(const std::string& volume_id) {
  {
    const std::lock_guard lock(mutex_);
    held_.erase(volume_id);
  }
  released_.notify_all();
}

}  // namespace rds_csi
