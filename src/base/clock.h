// SPDX-License-Identifier: Apache-2.0
// Time as a dependency, so that a wait of 30 s is tested in no time.
#ifndef RDS_CSI_BASE_CLOCK_H_
#define RDS_CSI_BASE_CLOCK_H_

#include "absl/time/time.h"

namespace rds_csi {

class Clock {
 public:
  virtual ~Clock() = default;

  // Never goes back while the process lives, whatever is done to the machine's clock.
  virtual absl::Time Now() = 0;

  // Returns at `deadline`; at once if that has passed.
  virtual void SleepUntil(absl::Time deadline) = 0;
};

// The machine's clock: the wall clock at start, counted on monotonically.
class RealClock final : public Clock {
 public:
  RealClock();
  absl::Time Now() override;
  void SleepUntil(absl::Time deadline) override;

 private:
  absl::Duration wall_minus_monotonic_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_CLOCK_H_
