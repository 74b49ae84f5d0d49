// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"

namespace rds_csi {
namespace {

TEST(RealClockTest, ShowsTheTimeOfTheMachine) {
  EXPECT_LT(absl::AbsDuration(RealClock().Now() - absl::Now()), absl::Seconds(10));
}

TEST(RealClockTest, SleepsUntilTheDeadlineAndNotAtAllWhenThatHasPassed) {
  RealClock clock;
  const absl::Time start = clock.Now();
  clock.SleepUntil(start + absl::Milliseconds(20));
  EXPECT_GE(clock.Now(), start + absl::Milliseconds(20));
  clock.SleepUntil(start - absl::Hours(1));
  EXPECT_LT(clock.Now(), start + absl::Minutes(10));
}

}  // namespace
}  // namespace rds_csi
