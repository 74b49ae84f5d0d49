// SPDX-License-Identifier: Apache-2.0
#include "nvme/openers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "host/fake_host.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Outcome = DeviceUse::Outcome;

TEST(OpenersTest, USE_2_ProcessesAreNamedWithTheirPid) {
  EXPECT_THAT(*ParseOpeners("process 4711 qemu-system x\nprocess 1 sh\n"),
              ElementsAre("qemu-system x[PID:4711]", "sh[PID:1]"));
}

TEST(OpenersTest, MountsHoldersAndLoopsAreUsersToo) {
  EXPECT_THAT(*ParseOpeners("mount /a b\nholder dm-3\nloop loop7\n"),
              ElementsAre("mount[/a b]", "dm-3[holder]", "loop7[loop]"));
}

TEST(OpenersTest, Pain28_MultipathdIsNamedWithTheLineThatKeepsItAway) {
  EXPECT_THAT(*ParseOpeners("holder dm-3 mpath mpatha\nholder dm-4 LVM vg-data\n"),
              ElementsAre(AllOf(StartsWith("dm-3[holder, mpath mpatha: multipathd took it"),
                                HasSubstr("protocol \"nvme\""), HasSubstr("multipath.conf")),
                          "dm-4[holder, LVM vg-data]"));
}

TEST(OpenersTest, ALineThatCannotBeReadIsAnErrorAndNotNobody) {
  for (const char* line : {"process", "process x sh", "process 4711", "what /a", "nothing"}) {
    EXPECT_EQ(ParseOpeners(line).status().code(), absl::StatusCode::kInternal) << line;
  }
}

TEST(OpenersTest, USE_1_NobodyIsFree) {
  FakeHost machine;
  EXPECT_EQ(FindDeviceUse(machine.host(), {259, 0}).outcome, Outcome::kFree);
}

TEST(OpenersTest, USE_1_AnOpenerIsInUse) {
  FakeHost machine;
  machine.AddOpener({259, 0}, "process 4711 qemu");
  const DeviceUse use = FindDeviceUse(machine.host(), {259, 0});
  EXPECT_EQ(use.outcome, Outcome::kInUse);
  EXPECT_THAT(use.users, ElementsAre("qemu[PID:4711]"));
}

TEST(OpenersTest, USE_5_ASearchThatTimedOutIsToldApartFromOneThatFailed) {
  FakeHost slow;
  slow.FailOn("openers", ETIMEDOUT);
  EXPECT_EQ(FindDeviceUse(slow.host(), {259, 0}).outcome, Outcome::kTimedOut);
  FakeHost broken;
  broken.FailOn("openers", EACCES);
  EXPECT_EQ(FindDeviceUse(broken.host(), {259, 0}).outcome, Outcome::kFailed);
}

TEST(OpenersTest, USE_1_TheSearchTakesFiveSecondsAtMost) {
  FakeHost machine;
  machine.FailOn("openers", ETIMEDOUT);
  const absl::Time start = machine.clock().Now();
  FindDeviceUse(machine.host(), {259, 0});
  EXPECT_LE(machine.clock().Now() - start, absl::Seconds(5));
}

}  // namespace
}  // namespace rds_csi
