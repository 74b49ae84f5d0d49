// SPDX-License-Identifier: Apache-2.0
#include "node/recover.h"

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
using testing::StartsWith;

// A volume whose connection was lost, without an anchor: NodePublishVolume finds a dead mount.
class RecoverTest : public NodeTest {
 protected:
  RecoverTest() {
    StageRequest stage = MakeStageRequest(/*block=*/false);
    stage.capability.fs_type = "xfs";
    stage.capability.mount_flags = {"noatime"};
    EXPECT_TRUE(Stage(stage).ok());
    reports_.Clear();
    machine_.ClearJournal();
  }
  void Lose() { machine_.LoseConnection(id_.Nqn()); }
  absl::StatusOr<Warnings> Act() {
    return PublishVolume(node(), MakePublishRequest(/*block=*/false), Soon());
  }
  int connects_ = 0;
};

TEST_F(RecoverTest, Pain05_STL_3_ADeadMountIsMountedAgainAsItWas) {
  Lose();
  ASSERT_TRUE(Act().ok());
  const std::vector<Mount> mounts = machine_.mounts_at(kStaging);
  ASSERT_THAT(mounts, SizeIs(1));
  EXPECT_EQ(mounts[0].number, (DeviceNumber{259, 1}));
  EXPECT_EQ(mounts[0].fs_type, "xfs");
  EXPECT_THAT(mounts[0].options, ElementsAre("noatime"));
  EXPECT_EQ(machine_.mounts_at(kTarget).at(0).number, (DeviceNumber{259, 1}));
}

TEST_F(RecoverTest, STL_3_AMountThatIsDeadAtOnceIsNoSuccess) {
  Lose();
  machine_.FailOn("look ", EIO);
  EXPECT_EQ(Act().status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Told(Reason::kStaleMountRecovered), IsEmpty());
  EXPECT_THAT(machine_.mounts_at(kTarget), IsEmpty());
}

TEST_F(RecoverTest, STL_3_TheFilesystemIsCheckedBeforeItIsMounted) {
  ASSERT_TRUE(Unstage().ok());
  target_->contents = "filesystem ext4";
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  machine_.ClearJournal();
  Lose();
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.journal(), Contains(StartsWith("e2fsck")));
}

TEST_F(RecoverTest, STL_8_ADeviceThatTheRecordDoesNotNameIsNotJoined) {
  machine_.HaveDelayedRemoval();
  ASSERT_TRUE(Unstage().ok());
  target_->contents = "filesystem ext4";
  config_.anchor_seconds = 600;
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
  machine_.WriteUnsynced(id_.Nqn());
  StagedVolume record = *Record();
  record.device.minor += 70;
  ASSERT_TRUE(node().staged().Put(record).ok());
  ASSERT_TRUE(machine_.host().mounts.Unmount(kStaging, Soon()).ok());
  Lose();
  machine_.ClearJournal();
  EXPECT_FALSE(Act().ok());
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("connect"))));
}

TEST_F(RecoverTest, STL_7_WithAnchorsOffARecoveredVolumeHasNone) {
  Lose();
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(Record()->lifeline, Lifeline::kOff);
  EXPECT_THAT(machine_.ControllersOf(id_.Nqn()), SizeIs(1));
}

TEST_F(RecoverTest, STL_3_ItIsConnectedAsTheAttachmentItWasStagedFor) {
  Lose();
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.journal(), Contains(HasSubstr("hostnqn=" + identity_.nqn)));
}

TEST_F(RecoverTest, STL_3_TheDeadMountGoesBeforeAnythingIsConnected) {
  Lose();
  ASSERT_TRUE(Act().ok());
  const std::vector<std::string> journal = machine_.journal();
  ASSERT_THAT(journal, SizeIs(testing::Ge(2u)));
  EXPECT_EQ(journal[0], std::string("unmount ") + kStaging);
  EXPECT_THAT(journal[1], StartsWith("connect"));
}

TEST_F(RecoverTest, STL_3_DetectionAndSuccessAreToldWithTriesAndDevices) {
  Lose();
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(reports_.Reasons(),
              ElementsAre(Reason::kStaleMountDetected, Reason::kStaleMountRecovered));
  EXPECT_THAT(Told(Reason::kStaleMountRecovered),
              ElementsAre(AllOf(HasSubstr("after 1 try"), HasSubstr("259:0 before"),
                                HasSubstr("/dev/nvme1n1 (259:1) now"), HasSubstr("restart"))));
}

TEST_F(RecoverTest, STL_3_ATryThatFailsIsFollowedByAnother) {
  Lose();
  target_->exported = false;
  machine_.SetOnEffect([this](const std::string& line) {
    if (!line.starts_with("connect")) return;
    target_->exported = ++connects_ > 2;
  });
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(Told(Reason::kStaleMountRecovered), ElementsAre(HasSubstr("after 3 tries")));
}

TEST_F(RecoverTest, STL_4_AFailureIsToldAndInternal) {
  Lose();
  target_->exported = false;
  const absl::Status status = Act().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Told(Reason::kRecoveryFailed),
              ElementsAre(AllOf(HasSubstr("in 4 tries"), HasSubstr("259:0"),
                                HasSubstr("does not export"))));
  EXPECT_EQ(reports_.All().back().claim, (ClaimName{"shop", "orders"}));
}

TEST_F(RecoverTest, STL_4_ItEndsWithinItsDeadline) {
  Lose();
  target_->exported = false;
  const absl::Time deadline = machine_.clock().Now() + absl::Seconds(2);
  EXPECT_FALSE(PublishVolume(node(), MakePublishRequest(false), deadline).ok());
  EXPECT_LE(machine_.clock().Now(), deadline);
}

TEST_F(RecoverTest, STL_1_AMountThatVanishedIsMadeAnew) {
  ASSERT_TRUE(machine_.host().mounts.Unmount(kStaging, Soon()).ok());
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.mounts_at(kStaging), SizeIs(1));
}

TEST_F(RecoverTest, STL_2_ACheckThatFailsIsAWarningAndThePublishGoesOn) {
  machine_.FailOn("look ", EACCES);
  const absl::StatusOr<Warnings> warnings = Act();
  ASSERT_TRUE(warnings.ok()) << warnings.status();
  EXPECT_THAT(*warnings, ElementsAre(HasSubstr("could not be found out")));
  EXPECT_THAT(machine_.mounts_at(kTarget), SizeIs(1));
}

TEST_F(RecoverTest, AFilesystemThatGaveUpAndIsInUseElsewhereIsNotMountedOnceMore) {
  ASSERT_TRUE(Act().ok());
  machine_.FailOn("look ", EIO);
  PublishRequest second = MakePublishRequest(/*block=*/false);
  second.target_path = kOtherTarget;
  const absl::Status status = Publish(second);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Message(status),
              AllOf(HasSubstr(kTarget), HasSubstr("must end first"), HasSubstr("in 1 try")));
}

TEST_F(RecoverTest, ARecoveryThatWasCutOffBeforeItsRecordIsRecordedByTheNextCall) {
  Lose();
  machine_.FailOn("replace", EIO);
  ASSERT_FALSE(Act().ok());
  machine_.StopFailing();
  ASSERT_TRUE(Act().ok());
  EXPECT_EQ(Record()->device, machine_.mounts_at(kStaging).at(0).number);
}

TEST_F(RecoverTest, AHealthyMountIsLeftAlone) {
  ASSERT_TRUE(Act().ok());
  EXPECT_THAT(machine_.journal(), Not(Contains(StartsWith("unmount"))));
  EXPECT_THAT(reports_.All(), IsEmpty());
}

TEST_F(RecoverTest, PUB_5_ABlockVolumeIsNotRecovered) {
  ASSERT_TRUE(Unstage().ok());
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
  reports_.Clear();
  Lose();
  EXPECT_EQ(Publish(MakePublishRequest(/*block=*/true)).code(), absl::StatusCode::kInternal);
  EXPECT_THAT(reports_.All(), IsEmpty());
  EXPECT_THAT(Connected(), IsEmpty());
}

class RecoverAnchoredTest : public AnchoredTest {
 protected:
  RecoverAnchoredTest() { EXPECT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok()); }
};

TEST_F(RecoverAnchoredTest, STL_7_AVolumeThatWaitsIsPublishedAndNotRecovered) {
  machine_.LoseConnection(id_.Nqn());
  EXPECT_TRUE(Publish(MakePublishRequest(/*block=*/false)).ok());
  EXPECT_THAT(Told(Reason::kStaleMountDetected), IsEmpty());
}

}  // namespace
}  // namespace rds_csi
