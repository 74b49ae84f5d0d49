// SPDX-License-Identifier: Apache-2.0
#include "node/shutdown.h"

#include <fmt/format.h>

#include "node/testing.h"
#include "nvme/anchor.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ShutdownTest : public AnchoredTest {
 protected:
  bool GoesDown() {
    return IsMachineGoingDown(machine_.host().files, "/host/run", machine_.clock().Now());
  }
  void Schedule(absl::Duration from_now) {
    machine_.AddFile("/host/run/systemd/shutdown/scheduled",
                     fmt::format("USEC={}\nWARN_WALL=1\nMODE=reboot\n",
                                 absl::ToUnixMicros(machine_.clock().Now() + from_now)));
  }
};

TEST_F(ShutdownTest, WithoutEvidenceOnlyThePluginEnds) {
  EXPECT_FALSE(GoesDown());
  machine_.AddDirectory("/host/run");
  EXPECT_FALSE(GoesDown());
}

TEST_F(ShutdownTest, WhereNobodyMayLogInTheMachineGoesDown) {
  machine_.AddFile("/host/run/nologin", "System is going down.\n");
  EXPECT_TRUE(GoesDown());
}

TEST_F(ShutdownTest, AShutdownThatIsPlannedForLaterIsNoneYet) {
  Schedule(absl::Hours(1));
  EXPECT_FALSE(GoesDown());
  Schedule(absl::Seconds(10));
  EXPECT_TRUE(GoesDown());
  Schedule(absl::Seconds(-10));
  EXPECT_TRUE(GoesDown());
}

TEST_F(ShutdownTest, APlanThatCannotBeReadIsNoEvidence) {
  machine_.AddFile("/host/run/systemd/shutdown/scheduled", "USEC=soon\n");
  EXPECT_FALSE(GoesDown());
}

TEST_F(ShutdownTest, WhatNobodyUsesIsDisconnectedAndAnchorsGoFirst) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
  machine_.ClearJournal();
  ASSERT_TRUE(LetGo(node(), Soon()).ok());
  EXPECT_THAT(Connected(), IsEmpty());
  EXPECT_THAT(*FindAnchors(machine_.host().files), IsEmpty());
  EXPECT_EQ(machine_.journal().at(0), "write /sys/class/nvme/nvme1/delete_controller");
}

TEST_F(ShutdownTest, Pain10_WhatIsUsedStaysButDoesNotWaitForLong) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  ASSERT_TRUE(LetGo(node(), Soon()).ok());
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
  EXPECT_THAT(*FindAnchors(machine_.host().files), IsEmpty());
  EXPECT_EQ(machine_.ReadFile("/sys/class/nvme/nvme0/ctrl_loss_tmo"), "5\n");
}

TEST_F(ShutdownTest, OneThatHangsTakesOnlyItsShareOfTheTime) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
  machine_.FailOn("write /sys/class/nvme/nvme0/delete_controller", ETIMEDOUT);
  const absl::Time start = machine_.clock().Now();
  EXPECT_FALSE(LetGo(node(), start + absl::Minutes(5)).ok());
  EXPECT_LE(machine_.clock().Now() - start, absl::Seconds(20));
}

TEST_F(ShutdownTest, OneThatCannotBeLetGoStopsNoOther) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  StageRequest other = MakeStageRequest(/*block=*/true);
  other.id = *VolumeId::Parse("pvc-2");
  other.target.nqn = other.id.Nqn();
  other.target.host.reset();
  other.staging_path = "/var/lib/kubelet/plugins/staging/pvc-2";
  machine_.Export(other.id.Nqn(), kVolumeSize);
  ASSERT_TRUE(Stage(other).ok());
  machine_.FailOn("write /sys/class/nvme/nvme0/ctrl_loss_tmo", EIO);
  EXPECT_FALSE(LetGo(node(), Soon()).ok());
  EXPECT_THAT(machine_.DevicesOf(other.id.Nqn()), IsEmpty());
}

}  // namespace
}  // namespace rds_csi
