// SPDX-License-Identifier: Apache-2.0
#include "rds/session_pool.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"

namespace rds_csi {
namespace {

absl::Time Soon() { return absl::Now() + absl::Milliseconds(20); }
absl::Time Later() { return absl::Now() + absl::Seconds(30); }

TEST(SessionPoolTest, ASessionIsKeptForTheNextCaller) {
  SessionPool<int> pool(1);
  {
    auto lease = pool.Acquire(Later());
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->session, nullptr);
    lease->session = std::make_unique<int>(7);
  }
  const auto lease = pool.Acquire(Later());
  ASSERT_TRUE(lease && lease->session);
  EXPECT_EQ(*lease->session, 7);
}

TEST(SessionPoolTest, ASessionThatFailedIsNotKept) {
  SessionPool<int> pool(1);
  pool.Acquire(Later())->session = std::make_unique<int>(7);
  pool.Acquire(Later())->session = nullptr;
  EXPECT_EQ(pool.Acquire(Later())->session, nullptr);
}

TEST(SessionPoolTest, NobodyGetsAPlaceThatIsTaken) {
  SessionPool<int> pool(2);
  const auto first = pool.Acquire(Later());
  const auto second = pool.Acquire(Later());
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(pool.Acquire(Soon()));
}

TEST(SessionPoolTest, WaitsForAPlace) {
  SessionPool<int> pool(1);
  auto held = pool.Acquire(Later());
  std::thread other([moved = *std::move(held)]() mutable {
    absl::SleepFor(absl::Milliseconds(20));
    auto ends_here = std::move(moved);
  });
  EXPECT_TRUE(pool.Acquire(Later()));
  other.join();
}

}  // namespace
}  // namespace rds_csi
