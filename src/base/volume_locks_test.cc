// SPDX-License-Identifier: Apache-2.0
#include "base/volume_locks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "absl/time/clock.h"

namespace rds_csi {
namespace {

TEST(VolumeLocksTest, ASecondOperationOnAVolumeIsAborted) {
  VolumeLocks locks;
  const auto first = locks.TryLock("pvc-1", "NodeStageVolume");
  EXPECT_EQ(locks.TryLock("pvc-1", "NodeUnstageVolume").status(),
            absl::AbortedError("volume pvc-1: NodeStageVolume is still running; try again when it "
                               "has ended"));
}

TEST(VolumeLocksTest, OtherVolumesAreFree) {
  VolumeLocks locks;
  const auto first = locks.TryLock("pvc-1", "NodeStageVolume");
  EXPECT_TRUE(locks.TryLock("pvc-2", "NodeStageVolume").ok());
}

TEST(VolumeLocksTest, TheLockEndsWithItsScope) {
  VolumeLocks locks;
  {
    const auto first = locks.TryLock("pvc-1", "NodeStageVolume");
  }
  EXPECT_TRUE(locks.TryLock("pvc-1", "NodeStageVolume").ok());
}

TEST(VolumeLocksTest, AMovedLockIsHeldOnce) {
  VolumeLocks locks;
  auto first = locks.TryLock("pvc-1", "NodeStageVolume");
  VolumeLocks::Lock moved = *std::move(first);
  EXPECT_FALSE(locks.TryLock("pvc-1", "NodeStageVolume").ok());
}

TEST(VolumeLocksTest, WorkInTheBackgroundIsWaitedFor) {
  VolumeLocks locks;
  std::optional<absl::StatusOr<VolumeLocks::Lock>> keeper =
      locks.TryLockInBackground("pvc-1", "the keeper");
  std::thread ends([&] {
    absl::SleepFor(absl::Milliseconds(50));
    keeper.reset();
  });
  const absl::Time start = absl::Now();
  EXPECT_TRUE(locks.TryLock("pvc-1", "NodeExpandVolume", absl::Seconds(30)).ok());
  EXPECT_LT(absl::Now() - start, absl::Seconds(20)) << "and no longer";
  ends.join();
}

TEST(VolumeLocksTest, WorkInTheBackgroundIsNotWaitedForForEver) {
  VolumeLocks locks;
  const auto keeper = locks.TryLockInBackground("pvc-1", "the keeper");
  const auto call = locks.TryLock("pvc-1", "NodeExpandVolume", absl::Milliseconds(20));
  EXPECT_EQ(call.status().code(), absl::StatusCode::kAborted);
}

TEST(VolumeLocksTest, AnotherCallIsNotWaitedFor) {
  VolumeLocks locks;
  const auto first = locks.TryLock("pvc-1", "NodeStageVolume");
  const absl::Time start = absl::Now();
  EXPECT_FALSE(locks.TryLock("pvc-1", "NodeExpandVolume", absl::Seconds(30)).ok());
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
}

TEST(VolumeLocksTest, WorkInTheBackgroundWaitsForNobody) {
  VolumeLocks locks;
  const auto call = locks.TryLock("pvc-1", "NodeStageVolume");
  EXPECT_FALSE(locks.TryLockInBackground("pvc-1", "the keeper").ok());
}

TEST(VolumeLocksTest, ATT_7_OfManyThreadsOneIsInside) {
  VolumeLocks locks;
  std::atomic<int> inside = 0;
  std::atomic<int> entered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 1000; ++round) {
        const auto lock = locks.TryLock("pvc-1", "ControllerPublishVolume");
        if (!lock.ok()) continue;
        EXPECT_EQ(++inside, 1);
        ++entered;
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(entered, 0);
}

}  // namespace
}  // namespace rds_csi
