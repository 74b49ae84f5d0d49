// SPDX-License-Identifier: Apache-2.0
// A clock for tests: sleeping moves it, or whoever sees to it that several clocks go together.
#ifndef RDS_CSI_BASE_FAKE_CLOCK_H_
#define RDS_CSI_BASE_FAKE_CLOCK_H_

#include <algorithm>
#include <functional>
#include <mutex>
#include <utility>

#include "base/clock.h"

namespace rds_csi {

class FakeClock final : public Clock {
 public:
  absl::Time Now() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void SleepUntil(absl::Time deadline) override {
    if (sleep_until_) return sleep_until_(deadline);
    MoveTo(deadline);
  }
  void Advance(absl::Duration duration) { MoveTo(Now() + duration); }

  // Never back.
  void MoveTo(absl::Time time) {
    const std::lock_guard lock(mutex_);
    now_ = std::max(now_, time);
  }
  // What sleeping is from now on: it returns when this clock has been moved there.
  void SetSleep(std::function<void(absl::Time)> sleep_until) {
    sleep_until_ = std::move(sleep_until);
  }

 private:
  std::function<void(absl::Time)> sleep_until_;
  std::mutex mutex_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_FAKE_CLOCK_H_
