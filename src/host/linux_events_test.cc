// SPDX-License-Identifier: Apache-2.0
#include "host/linux_events.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "host/test_machine.h"

namespace rds_csi {
namespace {

std::string Uevent(const std::string& subsystem) {
  return std::string("add@/devices/x\0ACTION=add\0SUBSYSTEM=", 36) + subsystem + '\0' +
         std::string("SEQNUM=12\0", 10);
}

TEST(EventsTest, OnlyStorageCounts) {
  EXPECT_TRUE(IsStorageEvent(Uevent("block")));
  EXPECT_TRUE(IsStorageEvent(Uevent("nvme")));
  EXPECT_TRUE(IsStorageEvent(Uevent("nvme-subsystem")));
  EXPECT_FALSE(IsStorageEvent(Uevent("net")));
  EXPECT_FALSE(IsStorageEvent(Uevent("blocks")));
  EXPECT_FALSE(IsStorageEvent(""));
  EXPECT_FALSE(IsStorageEvent("add@/devices/SUBSYSTEM=block"));
}

class LinuxEventsTest : public MachineTest {
 protected:
  void SetUp() override {
    MachineTest::SetUp();
    if (IsSkipped()) return;
    auto events = LinuxEvents::Open(clock_);
    ASSERT_TRUE(events.ok()) << events.status();
    events_ = *std::move(events);
  }

  RealClock clock_;
  std::unique_ptr<LinuxEvents> events_;
};

TEST_F(LinuxEventsTest, ALoopDeviceThatIsSetUpCounts) {
  const uint64_t before = events_->Count();
  const LoopDevice disk(1 << 20);
  const absl::Time deadline = clock_.Now() + absl::Seconds(60);
  while (events_->Count() == before && clock_.Now() < deadline) events_->Wait(before, deadline);
  EXPECT_GT(events_->Count(), before);
}

TEST_F(LinuxEventsTest, AWaitEndsWithoutAnEvent) {
  const absl::Time start = clock_.Now();
  events_->Wait(events_->Count(), absl::InfiniteFuture());
  EXPECT_LT(clock_.Now() - start, absl::Seconds(10));
  events_->Wait(events_->Count(), clock_.Now() - absl::Seconds(1));
}

TEST_F(LinuxEventsTest, WhatWasMissedIsNotWaitedFor) {
  const absl::Time start = clock_.Now();
  for (int i = 0; i < 1000; ++i) events_->Wait(events_->Count() + 1, absl::InfiniteFuture());
  EXPECT_LT(clock_.Now() - start, absl::Seconds(60));
}

TEST_F(LinuxEventsTest, AFloodIsCountedAndHurtsNobody) {
  const uint64_t before = events_->Count();
  const LoopDevice disk(1 << 20);
  std::vector<std::thread> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.emplace_back([this] {
      for (int j = 0; j < 50; ++j) {
        events_->Wait(events_->Count(), clock_.Now() + absl::Milliseconds(5));
      }
    });
  }
  Shell("for i in $(seq 2000); do echo change >/sys/block/" + disk.name() + "/uevent; done");
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_GT(events_->Count(), before);
}

}  // namespace
}  // namespace rds_csi
