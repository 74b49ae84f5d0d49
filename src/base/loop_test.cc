// SPDX-License-Identifier: Apache-2.0
#include "base/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "absl/time/clock.h"

namespace rds_csi {
namespace {

TEST(LoopTest, GoesRoundUntilItsOwnerGoes) {
  std::latch three(3);
  std::atomic<int> rounds = 0;
  {
    const Loop loop([&](const std::stop_token&) {
      if (++rounds <= 3) three.count_down();
      return absl::Milliseconds(1);
    });
    three.wait();
  }
  const int at_the_end = rounds;
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_EQ(rounds, at_the_end);
}

TEST(LoopTest, ItsOwnerWaitsForNoPause) {
  const absl::Time start = absl::Now();
  {
    std::latch once(1);
    const Loop loop([&](const std::stop_token&) {
      once.count_down();
      return absl::Hours(1);
    });
    once.wait();
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST(LoopTest, ARoundIsToldThatItsOwnerWaits) {
  std::latch began(1);
  bool told = false;
  {
    const Loop loop([&](const std::stop_token& stop) {
      began.count_down();
      while (!stop.stop_requested()) absl::SleepFor(absl::Milliseconds(1));
      told = true;
      return absl::ZeroDuration();
    });
    began.wait();
  }
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace rds_csi
