// SPDX-License-Identifier: Apache-2.0
#include "node/unstage.h"

#include "node/needs.h"
#include "node/testing.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class UnstageTest : public NodeTest, public testing::WithParamInterface<bool> {
 protected:
  UnstageTest() { EXPECT_TRUE(Stage(MakeStageRequest(GetParam())).ok()); }
};

INSTANTIATE_TEST_SUITE_P(Kinds, UnstageTest, testing::Bool(),
                         [](const auto& block) { return block.param ? "Block" : "Filesystem"; });

TEST_P(UnstageTest, NothingOfTheVolumeIsLeft) {
  EXPECT_THAT(*Unstage(), IsEmpty());
  EXPECT_THAT(machine_.mounts_at(kStaging), IsEmpty());
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_P(UnstageTest, BLK_5_TheStagingDirectoryIsLeftEmptyForKubelet) {
  ASSERT_TRUE(Unstage().ok());
  EXPECT_TRUE(machine_.host().files.RemoveDirectory(kStaging).ok());
}

TEST_P(UnstageTest, BLK_5_WhatACrashLeftOfARecordGoesToo) {
  machine_.AddFile(std::string(kStaging) + "/device.new", kDevice);
  ASSERT_TRUE(Unstage().ok());
  EXPECT_TRUE(machine_.host().files.RemoveDirectory(kStaging).ok());
}

TEST_P(UnstageTest, AStagingPathOutsideOfKubeletsDirectoryIsRefused) {
  machine_.ClearJournal();
  EXPECT_FALSE(UnstageVolume(node(), {.id = id_, .staging_path = "/etc"}, Soon()).ok());
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_P(UnstageTest, NotStagedIsSuccess) {
  ASSERT_TRUE(Unstage().ok());
  EXPECT_TRUE(Unstage().ok());
}

TEST_P(UnstageTest, USE_2_ADeviceThatIsOpenIsNotDisconnected) {
  machine_.AddOpener({259, 0}, "process 4711 qemu-kvm");
  const absl::Status status = Unstage().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), AllOf(HasSubstr("qemu-kvm[PID:4711]"),
                                     HasSubstr("open file descriptors"), HasSubstr("pod")));
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_P(UnstageTest, USE_2_ADeviceThatIsOpenedWhileTheUnstagingIsRecordedIsNotDisconnected) {
  machine_.SetOnEffect([this](const std::string& line) {
    if (line.starts_with("replace /var/lib/rds-csi")) {
      machine_.AddOpener({259, 0}, "process 4711 qemu-kvm");
    }
  });
  EXPECT_EQ(Unstage().status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_P(UnstageTest, STL_8_AnAttachmentThatIsOverIsTakenAwayWhoeverUsesIt) {
  machine_.AddOpener({259, 0}, "process 4711 qemu-kvm");
  SetPhase(StagePhase::kEvicting);
  EXPECT_TRUE(Unstage().ok());
  EXPECT_THAT(Connected(), IsEmpty());
  EXPECT_FALSE(Record());
}

TEST_P(UnstageTest, STL_8_AnAttachmentThatIsOverStaysSoUntilItIsUnstaged) {
  SetPhase(StagePhase::kEvicting);
  machine_.FailOn("unmount", EBUSY);
  machine_.FailOn("unlink", EIO);
  EXPECT_FALSE(Unstage().ok());
  EXPECT_EQ(Record()->phase, StagePhase::kEvicting);
}

TEST_P(UnstageTest, ADeviceThatIsOpenIsKeptAliveAsBefore) {
  machine_.AddOpener({259, 0}, "process 4711 qemu-kvm");
  EXPECT_FALSE(Unstage().ok());
  EXPECT_TRUE(IsKept(*Record()));
}

TEST_P(UnstageTest, USE_1_AVolumeThatIsStillPublishedIsNotDisconnected) {
  ASSERT_TRUE(Publish(MakePublishRequest(GetParam())).ok());
  const absl::Status status = Unstage().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr(kTarget));
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_P(UnstageTest, USE_3_ASearchThatTimedOutIsAWarningAndTheDeviceGoes) {
  machine_.FailOn("openers", ETIMEDOUT);
  const absl::StatusOr<Warnings> warnings = Unstage();
  ASSERT_TRUE(warnings.ok());
  EXPECT_THAT(*warnings, SizeIs(1));
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_P(UnstageTest, USE_3_ASearchThatFailedIsAWarningAndTheDeviceGoes) {
  machine_.FailOn("openers", EACCES);
  const absl::StatusOr<Warnings> warnings = Unstage();
  ASSERT_TRUE(warnings.ok());
  EXPECT_THAT((*warnings)[0], HasSubstr("failed"));
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_P(UnstageTest, USE_4_WithoutADeviceThereIsNothingToCheck) {
  machine_.LoseConnection(id_.Nqn());
  machine_.FailOn("openers", EACCES);
  EXPECT_THAT(*Unstage(), IsEmpty());
}

TEST_P(UnstageTest, USE_5_ADeadlineThatRanOutDisconnectsNothing) {
  machine_.FailOn("openers", ETIMEDOUT);
  const absl::Time deadline = machine_.clock().Now() + absl::Seconds(3);
  const auto result = UnstageVolume(node(), {.id = id_, .staging_path = kStaging}, deadline);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
  EXPECT_TRUE(IsKept(*Record()));
}

TEST_P(UnstageTest, Pain03_AConnectionThatStaysIsNoSuccess) {
  machine_.SetControllerState("nvme0", "deleting");
  EXPECT_EQ(Unstage().status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_P(UnstageTest, AVolumeThatIsUsedElsewhereInTheNameSpaceKeepsItsOwn) {
  const std::string other = "nqn.2000-02.com.mikrotik:pvc-10";
  machine_.Export(other, kVolumeSize);
  machine_.ConnectAs(other, "h");
  ASSERT_TRUE(Unstage().ok());
  EXPECT_THAT(machine_.DevicesOf(other), SizeIs(1));
}

class UnstageFilesystemTest : public NodeTest {
 protected:
  UnstageFilesystemTest() { EXPECT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok()); }
};

TEST_F(UnstageFilesystemTest, TheMountGoesBeforeTheConnection) {
  machine_.ClearJournal();
  ASSERT_TRUE(Unstage().ok());
  const std::string record = "/var/lib/rds-csi/staged/pvc-1.json";
  EXPECT_THAT(
      machine_.journal(),
      ElementsAre("replace " + record, std::string("unmount ") + kStaging, "replace " + record,
                  "write /sys/class/nvme/nvme0/delete_controller", "unlink " + record));
}

TEST_F(UnstageFilesystemTest, AnUnmountThatFailsDisconnectsNothing) {
  machine_.FailOn("unmount", EBUSY);
  EXPECT_EQ(Unstage().status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(machine_.journal(), Not(Contains(HasSubstr("delete_controller"))));
  EXPECT_EQ(Record()->phase, StagePhase::kStaged);
}

TEST_F(UnstageFilesystemTest, AnotherVolumeAtTheStagingPathStaysMounted) {
  const std::string elsewhere = std::string(kStaging) + "-of-another";
  MountAnotherVolume(elsewhere);
  const UnstageRequest request = {.id = id_, .staging_path = elsewhere};
  const absl::Status status = UnstageVolume(node(), request, Soon()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("another volume's"));
  EXPECT_THAT(machine_.mounts_at(elsewhere), SizeIs(1));
}

TEST_F(UnstageFilesystemTest, TheRecordOfAVolumeGoesLast) {
  machine_.SetOnEffect([&](const std::string& line) {
    if (line.find("delete_controller") != std::string::npos) {
      EXPECT_EQ(Record()->phase, StagePhase::kUnstaging);
    }
  });
  ASSERT_TRUE(Unstage().ok());
  EXPECT_FALSE(Record());
}

TEST_F(UnstageFilesystemTest, ADamagedRecordIsAWarningAndGoesWithTheRest) {
  machine_.AddFile("/var/lib/rds-csi/staged/pvc-1.json", "{}");
  EXPECT_THAT(*Unstage(), ElementsAre(HasSubstr("damaged")));
  EXPECT_FALSE(machine_.FindFile("/var/lib/rds-csi/staged/pvc-1.json"));
  EXPECT_THAT(Connected(), IsEmpty());
}

// An unmount that hung: the mount is gone from the list, and pages still wait for the RDS.
class CutOffUnstageTest : public UnstageFilesystemTest {
 protected:
  CutOffUnstageTest() {
    machine_.SetControllerState("nvme0", "connecting");
    const absl::Time start = machine_.clock().Now();
    EXPECT_EQ(Unstage().status().code(), absl::StatusCode::kAborted);
    took_ = machine_.clock().Now() - start;
    EXPECT_THAT(machine_.mounts_at(kStaging), IsEmpty());
  }

  absl::Duration took_;
};

TEST_F(CutOffUnstageTest, STL_6_TheUnmountHas30Seconds) {
  EXPECT_EQ(took_, absl::Seconds(30));
  EXPECT_EQ(Record()->phase, StagePhase::kUnmounting);
}

TEST_F(CutOffUnstageTest, NothingIsDisconnectedWhileTheConnectionIsLost) {
  machine_.ClearJournal();
  const absl::Status status = Unstage().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), AllOf(HasSubstr("pvc-1"), HasSubstr("connection"),
                                     HasSubstr("not everything is known to be written")));
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(CutOffUnstageTest, NothingIsDisconnectedWhileTheSuperblockHoldsTheDevice) {
  machine_.SetControllerState("nvme0", "live");
  machine_.FailOn("probe", EBUSY);
  EXPECT_EQ(Unstage().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_F(CutOffUnstageTest, STL_6_TheLookAtTheDeviceHas5Seconds) {
  machine_.SetControllerState("nvme0", "live");
  machine_.FailOn("probe", ETIMEDOUT);
  const absl::Time start = machine_.clock().Now();
  EXPECT_EQ(Unstage().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(machine_.clock().Now() - start, absl::Seconds(5));
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_F(CutOffUnstageTest, ItIsFinishedWhenEverythingIsWritten) {
  machine_.SetControllerState("nvme0", "live");
  EXPECT_TRUE(Unstage().ok());
  EXPECT_THAT(Connected(), IsEmpty());
  EXPECT_FALSE(Record());
}

TEST_F(CutOffUnstageTest, ItIsFinishedWhenTheDeviceIsGone) {
  machine_.LoseConnection(id_.Nqn());
  EXPECT_TRUE(Unstage().ok());
  EXPECT_FALSE(Record());
}

}  // namespace
}  // namespace rds_csi
