// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <chrono>

#include "absl/time/clock.h"

namespace rds_csi {
namespace {

absl::Time Monotonic() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

RealClock::RealClock() : wall_minus_monotonic_(absl::Now() - Monotonic()) {}

absl::Time RealClock::Now() { return Monotonic() + wall_minus_monotonic_; }

void RealClock::SleepUntil(absl::Time deadline) { absl::SleepFor(deadline - Now()); }

}  // namespace rds_csi
