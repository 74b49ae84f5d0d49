// SPDX-License-Identifier: Apache-2.0
#include "node/stage.h"

#include "node/testing.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class StageTest : public NodeTest {
 protected:
  absl::Status Act() { return Stage(request_); }
  StageRequest request_ = MakeStageRequest(/*block=*/false);
};

class StageBlockTest : public NodeTest {
 protected:
  absl::Status Act() { return Stage(request_); }
  StageRequest request_ = MakeStageRequest(/*block=*/true);
};

TEST_F(StageTest, BLK_8_ABlankVolumeIsConnectedFormattedAndMounted) {
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(target_->contents, "filesystem ext4");
  EXPECT_THAT(machine_.mounts_at(kStaging), SizeIs(1));
}

TEST_F(StageTest, AVolumeThatHoldsItsFilesystemIsCheckedAndMounted) {
  target_->contents = "filesystem ext4";
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.journal(), Contains("e2fsck -p /dev/nvme0n1"));
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("mkfs"))));
}

TEST_F(StageTest, BLK_2_TheCapabilitysFilesystemComesFirst) {
  request_.capability.fs_type = "xfs";
  request_.target.fs_type = "ext3";
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(target_->contents, "filesystem xfs");
}

TEST_F(StageTest, BLK_2_ThenThatOfTheContexts) {
  request_.target.fs_type = "ext3";
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(target_->contents, "filesystem ext3");
}

TEST_F(StageTest, AnUnknownFilesystemIsRefusedBeforeAnythingIsDone) {
  request_.capability.fs_type = "ntfs";
  EXPECT_EQ(Act().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(StageTest, NeverFormatsADeviceItCannotRead) {
  machine_.FailOn("probe", EIO);
  EXPECT_EQ(Act().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(target_->contents, "blank");
}

TEST_F(StageTest, NeverFormatsADeviceWhoseProbeTimedOut) {
  machine_.FailOn("probe", ETIMEDOUT);
  EXPECT_EQ(Act().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(target_->contents, "blank");
}

TEST_F(StageTest, NeverFormatsOverAnotherFilesystem) {
  target_->contents = "filesystem xfs";
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("holds xfs, not ext4"));
  EXPECT_EQ(target_->contents, "filesystem xfs");
}

TEST_F(StageTest, NeverFormatsOverDataThatNobodyKnows) {
  target_->contents = "data 4096";
  EXPECT_EQ(Act().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(target_->contents, "data 4096");
}

TEST_F(StageTest, NeverFormatsACopyThatLooksBlank) {
  request_.target.formatting = Formatting::kNever;
  EXPECT_EQ(Act().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(target_->contents, "blank");
}

TEST_F(StageTest, NeverFormatsForAReader) {
  request_.capability.mode = AccessMode::kSingleNodeReaderOnly;
  EXPECT_EQ(Act().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(target_->contents, "blank");
}

TEST_F(StageTest, AFailureLooksForNoDeviceRecordInAFilesystem) {
  machine_.FailOn("replace /var/lib/rds-csi", EROFS);
  machine_.FailOn(std::string("read ") + kStaging, EIO);
  EXPECT_EQ(Act().code(), absl::StatusCode::kInternal);
}

TEST_F(StageTest, AReaderMountsReadOnly) {
  target_->contents = "filesystem ext4";
  request_.capability.mode = AccessMode::kSingleNodeReaderOnly;
  ASSERT_TRUE(Act().ok());
  EXPECT_TRUE(machine_.mounts_at(kStaging)[0].read_only());
}

TEST_F(StageTest, MountFlagsArePassedOn) {
  request_.capability.mount_flags = {"noatime", "discard"};
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kStaging)[0].options, ElementsAre("noatime", "discard"));
}

TEST_F(StageTest, FlagsThatOnlyMountCommandsKnowAreNotForTheKernel) {
  request_.capability.mount_flags = {"defaults", "_netdev", "noatime"};
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kStaging)[0].options, ElementsAre("noatime"));
}

TEST_F(StageTest, Pain17_ACopyOnXfsIsMountedBesideItsSource) {
  request_.capability.fs_type = "xfs";
  target_->contents = "filesystem xfs";
  request_.target.formatting = Formatting::kNever;
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kStaging)[0].options, Contains("nouuid"));
}

TEST_F(StageTest, Pain28_TheClaimIsToldWhoHoldsTheDevice) {
  machine_.AddOpener({259, 0}, "holder dm-3 mpath mpatha");
  machine_.FailOn("probe", EBUSY);
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("multipathd took it"));
  EXPECT_THAT(Told(Reason::kMountFailure), ElementsAre(HasSubstr("/etc/multipath.conf")));
}

TEST_F(StageTest, StagedAlreadyIsSuccessAndTouchesNothing) {
  ASSERT_TRUE(Act().ok());
  machine_.ClearJournal();
  EXPECT_TRUE(Act().ok());
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(StageTest, WhatIsStagedAsAnotherKindIsRefusedAndLeftAlone) {
  ASSERT_TRUE(Act().ok());
  StageRequest as_xfs = request_;
  as_xfs.capability.fs_type = "xfs";
  for (const StageRequest& other : {MakeStageRequest(/*block=*/true), as_xfs}) {
    machine_.ClearJournal();
    EXPECT_EQ(Stage(other).code(), absl::StatusCode::kAlreadyExists);
    EXPECT_THAT(machine_.journal(), IsEmpty());
  }
}

TEST_F(StageBlockTest, NoFilesystemIsEverMadeOnWhatIsStagedAsADevice) {
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(Stage(MakeStageRequest(/*block=*/false)).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(target_->contents, "blank");
}

TEST_F(StageTest, AnotherVolumesMountAtTheStagingPathIsLeftAlone) {
  machine_.Export("nqn.2000-02.com.mikrotik:pvc-2", kVolumeSize);
  machine_.SetNextInstance(5);
  machine_.ConnectAs("nqn.2000-02.com.mikrotik:pvc-2", "h");
  machine_.AddMount(kStaging, {259, 5}, "ext4", "/dev/nvme5n1");
  EXPECT_EQ(Act().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(machine_.mounts_at(kStaging), SizeIs(1));
}

TEST_F(StageTest, BLK_1_ABlockVolumeIsNotRecordedInsideOfAFilesystem) {
  machine_.AddMount(kStaging, {0, 99}, "tmpfs", "tmpfs");
  EXPECT_EQ(Stage(MakeStageRequest(/*block=*/true)).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_FALSE(machine_.FindFile(std::string(kStaging) + "/device"));
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_F(StageTest, BLK_1_ADeviceThatIsMountedIsNotHandedOverAsABlockDevice) {
  machine_.FailOnceAfter("mount ", ETIMEDOUT);
  ASSERT_FALSE(Act().ok());
  ASSERT_THAT(machine_.mounts_at(kStaging), SizeIs(1));
  const absl::Status status = Stage(MakeStageRequest(/*block=*/true));
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists) << Message(status);
  EXPECT_FALSE(machine_.FindFile(std::string(kStaging) + "/device"));
}

TEST_F(StageTest, Pain04_ADeadMountIsTakenAwayAndNotMountedOver) {
  machine_.AddMount(kStaging, {259, 99}, "ext4", "/dev/nvme9n1");
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kStaging), SizeIs(1));
}

TEST_F(StageTest, AMountOptionTheKernelDoesNotTakeIsForThePersonToMend) {
  machine_.FailOn("mount ", EINVAL);
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("mount flags"));
}

TEST_F(StageTest, BLK_6_AFailedMountDisconnectsWhatThisCallConnected) {
  machine_.FailOn("mount ", EINVAL);
  EXPECT_FALSE(Act().ok());
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_F(StageTest, BLK_6_AFailedMountLeavesAnEarlierConnection) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  machine_.FailOn("mount ", EINVAL);
  EXPECT_FALSE(Act().ok());
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_F(StageTest, AMountThatWentThroughWithoutItsAnswerIsNotDisconnected) {
  machine_.FailOnceAfter("mount ", ETIMEDOUT);
  EXPECT_EQ(Act().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
  EXPECT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kStaging), SizeIs(1));
}

TEST_F(StageTest, ADamagedFilesystemIsNotMounted) {
  target_->contents = "filesystem ext4";
  machine_.SetProgram("e2fsck", {4, "UNEXPECTED INCONSISTENCY", ""});
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("UNEXPECTED INCONSISTENCY"));
  EXPECT_THAT(machine_.mounts_at(kStaging), IsEmpty());
}

TEST_F(StageTest, Pain16_ATT_12_TheConnectionIsMadeAsThisAttachment) {
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.journal(), Contains(HasSubstr("hostnqn=" + identity_.nqn)));
}

TEST_F(StageTest, WithoutAnAttachmentsIdentityTheNodeConnectsAsItself) {
  request_.target.host.reset();
  target_->hosts.clear();
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.journal(),
              Contains(HasSubstr("hostnqn=" + NodeIdentity("cluster", config_.node).nqn)));
}

TEST_F(StageTest, STL_8_AnIdleConnectionOfAnOlderAttachmentIsTakenAwayFirst) {
  machine_.ConnectAs(id_.Nqn(), "nqn.2014-08.org.nvmexpress:uuid:older");
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(Connected(), ElementsAre("/dev/nvme1n1"));
}

TEST_F(StageTest, STL_8_AnOlderAttachmentThatIsInUseIsNeverJoined) {
  machine_.ConnectAs(id_.Nqn(), "nqn.2014-08.org.nvmexpress:uuid:older");
  machine_.AddOpener({259, 0}, "process 4711 qemu");
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(Connected(), ElementsAre("/dev/nvme1n1"));
}

TEST_F(StageTest, STL_8_AnOlderAttachmentThatCannotBeTakenAwayStopsTheCall) {
  machine_.ConnectAs(id_.Nqn(), "nqn.2014-08.org.nvmexpress:uuid:older");
  machine_.FailOn("write /sys/class/nvme/nvme0/delete_controller", EIO);
  EXPECT_EQ(Act().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

// What was true of the old stage is not said of the new one before it is.
TEST_F(StageTest, STL_8_ALaterAttachmentThatCannotConnectIsNotRecordedAsStaged) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  target_->exported = false;
  EXPECT_FALSE(Stage(MakeLaterRequest(/*block=*/false)).ok());
  EXPECT_FALSE(Record());
}

TEST_F(StageTest, WhatIsStagedAtAnotherPlaceOrBootIsStagedAnew) {
  StagePhase at_mount = StagePhase::kStaged;
  machine_.SetOnEffect([&](const std::string& effect) {
    if (effect.starts_with("mount ")) at_mount = Record()->phase;
  });
  StageRequest request = MakeStageRequest(/*block=*/false);
  ASSERT_TRUE(Stage(request).ok());
  request.staging_path = "/var/lib/kubelet/plugins/staging/elsewhere";
  ASSERT_TRUE(Stage(request).ok());
  EXPECT_EQ(at_mount, StagePhase::kStaging);
  at_mount = StagePhase::kStaged;
  SetBoot("boot-2");
  ASSERT_TRUE(machine_.host().mounts.Unmount(request.staging_path, Soon()).ok());
  ASSERT_TRUE(Stage(request).ok());
  EXPECT_EQ(at_mount, StagePhase::kStaging);
}

TEST_F(StageTest, AStagingPathOutsideOfKubeletsDirectoryIsRefused) {
  request_.staging_path = "/etc/pvc-1";
  EXPECT_EQ(Act().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(StageTest, WhatIsStagedIsRecordedBeforeAnythingIsConnected) {
  std::vector<std::string> lines;
  machine_.SetOnEffect([&](const std::string& line) { lines.push_back(line); });
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(lines.at(0), "replace /var/lib/rds-csi/staged/pvc-1.json");
  EXPECT_THAT(lines.at(1), StartsWith("connect"));
}

TEST_F(StageTest, TheRecordHasAllThatIsNeededToDoItAgain) {
  request_.capability.mount_flags = {"noatime"};
  request_.target.timeouts.anchor_seconds = 0;
  config_.anchor_seconds = 600;
  ASSERT_TRUE(Act().ok());
  const std::optional<StagedVolume> record = Record();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->phase, StagePhase::kStaged);
  EXPECT_EQ(record->boot_id, "boot-1");
  EXPECT_EQ(record->staging_path, kStaging);
  EXPECT_EQ(record->fs_type, "ext4");
  EXPECT_THAT(record->mount_options, ElementsAre("noatime"));
  EXPECT_EQ(record->host, identity_);
  EXPECT_EQ(record->timeouts.anchor_seconds, 0);
  EXPECT_EQ(record->lifeline, Lifeline::kOff);
  EXPECT_EQ(record->claim, (ClaimName{"shop", "orders"}));
  EXPECT_EQ(record->device, (DeviceNumber{259, 0}));
}

TEST_F(StageTest, WhatWasNeverStagedHasNoRecord) {
  machine_.FailOn("mount ", EINVAL);
  EXPECT_FALSE(Act().ok());
  EXPECT_FALSE(Record());
}

TEST_F(StageTest, WhatStayedConnectedKeepsItsRecord) {
  machine_.FailOn("mount ", EINVAL);
  machine_.FailOn("write /sys/class/nvme/nvme0/delete_controller", EIO);
  EXPECT_FALSE(Act().ok());
  ASSERT_TRUE(Record());
  EXPECT_EQ(Record()->phase, StagePhase::kStaging);
}

TEST_F(StageTest, ARecordOfWhatIsStagedSurvivesACallThatCannotConnect) {
  ASSERT_TRUE(Act().ok());
  machine_.LoseConnection(id_.Nqn());
  machine_.FailOn("reach", ECONNREFUSED);
  EXPECT_EQ(Act().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Record()->phase, StagePhase::kStaged);
}

TEST_F(StageTest, ADamagedRecordStopsTheCallAndIsNamed) {
  machine_.AddFile("/var/lib/rds-csi/staged/pvc-1.json", "{");
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("/var/lib/rds-csi/staged/pvc-1.json"));
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(StageTest, EVT_1_AConnectionThatCannotBeMadeIsToldToTheClaim) {
  machine_.FailOn("reach", ECONNREFUSED);
  EXPECT_FALSE(Act().ok());
  ASSERT_THAT(reports_.All(), SizeIs(1));
  EXPECT_EQ(reports_.All()[0].reason, Reason::kConnectionFailure);
  EXPECT_EQ(reports_.All()[0].claim, (ClaimName{"shop", "orders"}));
}

TEST_F(StageTest, EVT_1_AMountThatFailsIsTold) {
  target_->contents = "filesystem xfs";
  EXPECT_FALSE(Act().ok());
  EXPECT_THAT(Told(Reason::kMountFailure), ElementsAre(HasSubstr("holds xfs, not ext4")));
}

TEST_F(StageBlockTest, BLK_3_ABlockVolumeIsNeverFormattedOrMounted) {
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(target_->contents, "blank");
  EXPECT_EQ(machine_.mount_count(), 0u);
}

TEST_F(StageBlockTest, BLK_1_AFilesystemTypeIsNotEvenLookedAt) {
  request_.target.fs_type = "nonsense";
  EXPECT_TRUE(Act().ok());
}

TEST_F(StageBlockTest, BLK_4_TheStagingPathIsADirectory) {
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(machine_.FindFile(kStaging)->type, FileType::kDirectory);
  EXPECT_EQ(machine_.FindFile(kStaging)->mode, 0750u);
}

TEST_F(StageBlockTest, BLK_5_TheDeviceIsRecorded) {
  ASSERT_TRUE(Act().ok());
  const std::string record = std::string(kStaging) + "/device";
  EXPECT_EQ(machine_.ReadFile(record), kDevice);
  EXPECT_EQ(machine_.FindFile(record)->mode, 0600u);
}

TEST_F(StageBlockTest, BLK_6_ARecordThatCannotBeWrittenDisconnectsAgain) {
  machine_.FailOn("replace", EROFS);
  EXPECT_EQ(Act().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_F(StageBlockTest, BLK_6_AStagingDirectoryThatCannotBeMadeDisconnectsAgain) {
  machine_.FailOn("mkdir", EACCES);
  EXPECT_EQ(Act().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Connected(), IsEmpty());
}

TEST_F(StageBlockTest, BLK_6_ADeviceRecordThatMayBeWrittenIsTakenBack) {
  machine_.FailOnceAfter(std::string("replace ") + kStaging, EIO);
  EXPECT_EQ(Act().code(), absl::StatusCode::kInternal);
  EXPECT_FALSE(machine_.FindFile(std::string(kStaging) + "/device"));
}

TEST_F(StageBlockTest, AFailureThatLeavesARecordIsNotOneThatKubeletForgets) {
  machine_.FailOnceAfter("replace /var/lib/rds-csi", EIO);
  EXPECT_EQ(Act().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(Record());
}

TEST_F(StageBlockTest, AFailureAfterARebootThatLeavesTheDeviceRecordIsNotOneThatKubeletForgets) {
  ASSERT_TRUE(Act().ok());
  machine_.Reboot();
  ASSERT_TRUE(node().staged().Remove(id_).ok());
  machine_.FailOn("replace", EROFS);
  EXPECT_EQ(Act().code(), absl::StatusCode::kUnavailable);
}

TEST_F(StageBlockTest, BLK_6_WhatAnEarlierCallConnectedStaysAndIsNotWhatKubeletForgets) {
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  machine_.FailOn("replace", EROFS);
  EXPECT_EQ(Act().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Connected(), ElementsAre(kDevice));
}

TEST_F(StageBlockTest, StagedAgainAfterTheDeviceWasRenamedTheRecordIsNew) {
  ASSERT_TRUE(Act().ok());
  machine_.LoseConnection(id_.Nqn());
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(machine_.ReadFile(std::string(kStaging) + "/device"), "/dev/nvme1n1");
}

}  // namespace
}  // namespace rds_csi
