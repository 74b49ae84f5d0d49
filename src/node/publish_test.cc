// SPDX-License-Identifier: Apache-2.0
#include "node/publish.h"

#include "node/testing.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class PublishTest : public NodeTest {
 protected:
  PublishTest() { EXPECT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok()); }
  absl::Status Act() { return Publish(request_); }
  PublishRequest request_ = MakePublishRequest(/*block=*/false);
};

class PublishBlockTest : public NodeTest {
 protected:
  PublishBlockTest() { EXPECT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok()); }
  absl::Status Act() { return Publish(request_); }
  PublishRequest request_ = MakePublishRequest(/*block=*/true);
};

TEST_F(PublishTest, TheFilesystemIsShownAtTheTarget) {
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(machine_.mounts_at(kTarget)[0].number, (DeviceNumber{259, 0}));
  EXPECT_FALSE(machine_.mounts_at(kTarget)[0].read_only());
}

TEST_F(PublishTest, ReadOnlyIsAMountThatIsReadOnly) {
  request_.read_only = true;
  ASSERT_TRUE(Act().ok());
  EXPECT_TRUE(machine_.mounts_at(kTarget)[0].read_only());
}

TEST_F(PublishTest, ASecondCallAddsNoSecondMount) {
  ASSERT_TRUE(Act().ok());
  EXPECT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kTarget), SizeIs(1));
}

TEST_F(PublishTest, ASecondCallWithOtherAccessIsRefused) {
  ASSERT_TRUE(Act().ok());
  request_.read_only = true;
  EXPECT_EQ(Act().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(PublishTest, NotStagedAsksWhetherItWas) {
  ASSERT_TRUE(Unstage().ok());
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("was NodeStageVolume called?"));
}

// A record whose volume is on its way out, of another place or of a block volume does not say that
// something should be mounted here.
TEST_F(PublishTest, STL_3_OnlyWhatIsRecordedAsMountedHereIsMountedAnew) {
  const StagedVolume staged = *Record();
  ASSERT_TRUE(machine_.host().mounts.Unmount(kStaging, Soon()).ok());
  StagedVolume leaving = staged;
  leaving.phase = StagePhase::kUnstaging;
  StagedVolume elsewhere = staged;
  elsewhere.staging_path = std::string(kStaging) + "-other";
  StagedVolume block = staged;
  block.block = true;
  block.fs_type.clear();
  for (const StagedVolume& record : {leaving, elsewhere, block}) {
    ASSERT_TRUE(node().staged().Put(record).ok());
    EXPECT_EQ(Act().code(), absl::StatusCode::kFailedPrecondition) << FormatStagedVolume(record);
    EXPECT_THAT(machine_.mounts_at(kStaging), IsEmpty()) << FormatStagedVolume(record);
  }
  ASSERT_TRUE(node().staged().Put(staged).ok());
  EXPECT_TRUE(Act().ok());
}

TEST_F(PublishTest, Pain19_NothingIsEverBoundFromABareStagingDirectory) {
  ASSERT_TRUE(Unstage().ok());
  EXPECT_FALSE(Act().ok());
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("bind"))));
}

TEST_F(PublishTest, STL_2_ARecordThatCannotBeReadIsAWarningAndTheVolumeIsShown) {
  machine_.AddFile("/var/lib/rds-csi/staged/pvc-1.json", "damaged");
  const auto published = PublishVolume(node(), request_, Soon());
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_THAT(*published, SizeIs(1));
  EXPECT_THAT(machine_.mounts_at(kTarget), SizeIs(1));
}

TEST_F(PublishTest, WhatOthersMountedAtTheStagingPathIsNotTheVolume) {
  ASSERT_TRUE(Unstage().ok());
  machine_.AddMount(kStaging, {0, 99}, "tmpfs", "tmpfs");
  EXPECT_EQ(Act().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(machine_.mounts_at(kTarget), IsEmpty());
}

TEST_F(PublishTest, AnotherVolumeAtTheStagingPathIsNotTheVolume) {
  ASSERT_TRUE(Unstage().ok());
  MountAnotherVolume(kStaging);
  EXPECT_EQ(Act().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(machine_.mounts_at(kTarget), IsEmpty());
}

TEST_F(PublishTest, AnotherMountAtTheTargetIsReplaced) {
  machine_.AddDirectory(kTarget);
  machine_.AddMount(kTarget, {259, 77}, "ext4", "/dev/nvme7n1");
  ASSERT_TRUE(Act().ok());
  ASSERT_THAT(machine_.mounts_at(kTarget), SizeIs(1));
  EXPECT_EQ(machine_.mounts_at(kTarget)[0].number, (DeviceNumber{259, 0}));
}

TEST_F(PublishTest, AFailedBindTakesItsDirectoryAway) {
  machine_.FailOn("bind", EPERM);
  EXPECT_EQ(Act().code(), absl::StatusCode::kInternal);
  EXPECT_FALSE(machine_.FindFile(kTarget).has_value());
}

TEST_F(PublishTest, PUB_4_ABindThatWasKilledButDoneIsTakenBack) {
  machine_.FailOnceAfter("bind", ETIMEDOUT);
  EXPECT_EQ(Act().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(machine_.mounts_at(kTarget), IsEmpty());
  EXPECT_FALSE(machine_.FindFile(kTarget).has_value());
}

TEST_F(PublishTest, PUB_4_ABindThatCannotBeTakenBackIsLeftForKubeletToUnpublish) {
  machine_.FailOnceAfter("bind", EIO);
  machine_.FailOn("unmount", EBUSY);
  EXPECT_EQ(Act().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(machine_.mounts_at(kTarget), SizeIs(1));
}

TEST_F(PublishTest, OptionsOfTheFilesystemAreNotGivenToTheBind) {
  request_.capability.mount_flags = {"noexec", "discard"};
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kTarget)[0].options, testing::ElementsAre("noexec"));
}

TEST_F(PublishTest, OneVolumeServesSeveralPodsOfANode) {
  ASSERT_TRUE(Act().ok());
  request_.target_path = kOtherTarget;
  EXPECT_TRUE(Act().ok());
}

TEST_F(PublishTest, ACC_1_ASingleWriterHasOnePlace) {
  request_.capability.mode = AccessMode::kSingleNodeSingleWriter;
  ASSERT_TRUE(Act().ok());
  EXPECT_TRUE(Act().ok());
  request_.target_path = kOtherTarget;
  EXPECT_EQ(Act().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(PublishTest, ATargetBehindASymbolicLinkToElsewhereIsRefused) {
  machine_.AddDirectory("/etc");
  machine_.AddSymbolicLink("/var/lib/kubelet/pods", "/etc");
  EXPECT_EQ(Act().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(PublishBlockTest, PUB_3_TheDeviceIsShownAsAFile) {
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(machine_.FindFile(kTarget)->number, (DeviceNumber{259, 0}));
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("mknod"))));
}

// kubelet puts a loop device over it; on a mount with nodev nobody can open it.
TEST_F(PublishBlockTest, Incident12_TheDeviceCanBeOpenedWhereItIsShown) {
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kTarget)[0].options, Not(Contains("nodev")));
}

TEST_F(PublishBlockTest, PUB_1_WithoutARecordItAsksWhetherItWasStaged) {
  ASSERT_TRUE(Unstage().ok());
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("was NodeStageVolume called?"));
}

TEST_F(PublishBlockTest, PUB_1_ARecordThatNamesNoNvmeDeviceIsRefused) {
  for (const char* text : {"/dev/sda", "", "/dev/nvme0n1/../sda"}) {
    machine_.AddFile(std::string(kStaging) + "/device", text);
    EXPECT_EQ(Act().code(), absl::StatusCode::kInternal) << text;
    EXPECT_THAT(machine_.mounts_at(kTarget), IsEmpty()) << text;
  }
}

TEST_F(PublishBlockTest, TheRecordOfAnotherVolumesStagingPathIsLeftAsItIs) {
  const std::string elsewhere = std::string(kStaging) + "-of-another";
  machine_.AddFile(elsewhere + "/device", "/dev/nvme7n1");
  request_.staging_path = elsewhere;
  EXPECT_EQ(Act().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(machine_.ReadFile(elsewhere + "/device"), "/dev/nvme7n1");
}

TEST_F(PublishBlockTest, PUB_2_ADeviceThatIsGoneIsNamed) {
  machine_.LoseConnection(id_.Nqn());
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Message(status), HasSubstr(kDevice));
}

TEST_F(PublishBlockTest, Incident11_PUB_2_ADeviceThatCameBackUnderAnotherNameIsFound) {
  machine_.LoseConnection(id_.Nqn());
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(machine_.FindFile(kTarget)->number, (DeviceNumber{259, 1}));
  EXPECT_EQ(machine_.ReadFile(std::string(kStaging) + "/device"), "/dev/nvme1n1");
}

TEST_F(PublishBlockTest, PUB_3_ReadOnlyHoldsForTheDeviceItself) {
  request_.read_only = true;
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(machine_.ReadFile("/sys/block/nvme0n1/ro"), "1\n");
}

TEST_F(PublishBlockTest, PUB_3_WritableAgainAfterReadOnly) {
  request_.read_only = true;
  ASSERT_TRUE(Act().ok());
  ASSERT_TRUE(Unpublish(kTarget).ok());
  request_.read_only = false;
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(machine_.ReadFile("/sys/block/nvme0n1/ro"), "0\n");
}

TEST_F(PublishBlockTest, PUB_3_OneDeviceIsNotReadOnlyAndWritableAtOnce) {
  ASSERT_TRUE(Act().ok());
  request_.target_path = kOtherTarget;
  request_.read_only = true;
  EXPECT_EQ(Act().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(machine_.ReadFile("/sys/block/nvme0n1/ro"), "0\n");
}

TEST_F(PublishBlockTest, PUB_4_AFailedBindTakesItsFileAway) {
  machine_.FailOn("bind", EPERM);
  EXPECT_EQ(Act().code(), absl::StatusCode::kInternal);
  EXPECT_FALSE(machine_.FindFile(kTarget).has_value());
}

TEST_F(PublishBlockTest, PUB_4_AFileThatMayBeMadeIsLeftForKubeletToUnpublish) {
  machine_.FailOnceAfter("create", EIO);
  EXPECT_EQ(Act().code(), absl::StatusCode::kUnavailable);
}

TEST_F(PublishBlockTest, PUB_4_AFileThatWasThereBeforeStays) {
  machine_.AddDirectory("/var/lib/kubelet/pods/1/volumes");
  machine_.AddFile(kTarget, "");
  machine_.FailOn("bind", EPERM);
  EXPECT_EQ(Act().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(machine_.FindFile(kTarget).has_value());
}

TEST_F(PublishBlockTest, PUB_5_ALostBlockVolumeIsNotRecoveredByPublishing) {
  machine_.LoseConnection(id_.Nqn());
  machine_.ClearJournal();
  EXPECT_FALSE(Act().ok());
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(PublishBlockTest, PUB_6_ASecondCallAddsNoSecondMount) {
  ASSERT_TRUE(Act().ok());
  EXPECT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kTarget), SizeIs(1));
}

TEST_F(PublishBlockTest, PUB_6_ATargetThatShowsAnotherDeviceIsNotAccepted) {
  ASSERT_TRUE(Act().ok());
  machine_.LoseConnection(id_.Nqn());
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kTarget), SizeIs(1));
  EXPECT_EQ(machine_.FindFile(kTarget)->number, (DeviceNumber{259, 1}));
}

TEST_F(PublishBlockTest, PUB_6_ADeviceNodeOfTheFormerDriverWithAnotherNumberIsReplaced) {
  machine_.AddDirectory("/var/lib/kubelet/pods/1/volumes");
  machine_.AddDeviceNode(kTarget, {259, 42});
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(machine_.FindFile(kTarget)->number, (DeviceNumber{259, 0}));
}

TEST_F(PublishBlockTest, PUB_8_AHundredMountsOfOneDeviceAreEnough) {
  for (int i = 0; i < 100; ++i) {
    machine_.AddMount({.target = "/x" + std::to_string(i),
                       .root = "/nvme0n1",
                       .number = {0, 5},
                       .fs_type = "devtmpfs",
                       .source = "devtmpfs",
                       .options = {},
                       .super_options = {}});
  }
  const absl::Status status = Act();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(status), HasSubstr("100 times"));
}

TEST_F(PublishBlockTest, Incident04_PUB_8_PublishingAndUnpublishingLeavesTheNumberOfMountsAsItWas) {
  const size_t before = machine_.mount_count();
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(Act().ok());
    ASSERT_TRUE(Unpublish(kTarget).ok());
  }
  EXPECT_EQ(machine_.mount_count(), before);
}

TEST_F(PublishBlockTest, ACC_1_ASingleWriterHasOnePlaceOnABlockDeviceToo) {
  request_.capability.mode = AccessMode::kSingleNodeSingleWriter;
  ASSERT_TRUE(Act().ok());
  request_.target_path = kOtherTarget;
  EXPECT_EQ(Act().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace rds_csi
