// SPDX-License-Identifier: Apache-2.0
// A clock for tests: sleeping moves it, nothing else does.
#ifndef RDS_CSI_BASE_FAKE_CLOCK_H_
#define RDS_CSI_BASE_FAKE_CLOCK_H_

#include <algorithm>
#include <mutex>

#include "base/clock.h"

namespace rds_csi {

class FakeClock final : public Clock {
 public:
  absl::Time Now() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void SleepUntil(absl::Time deadline) override {
    const std::lock_guard lock(mutex_);
    now_ = std::max(now_, deadline);
  }
  void Advance(absl::Duration duration) { SleepUntil(Now() + duration); }

 private:
  std::mutex mutex_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_FAKE_CLOCK_H_
