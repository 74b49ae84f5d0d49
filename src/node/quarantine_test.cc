// SPDX-License-Identifier: Apache-2.0
#include "node/quarantine.h"

#include "node/testing.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A volume whose unmount is stuck: the RDS is away, and an anchor keeps its I/O waiting.
class QuarantineTest : public AnchoredTest {
 protected:
  QuarantineTest() {
    EXPECT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok());
    machine_.WriteUnsynced(id_.Nqn());
    machine_.LoseConnection(id_.Nqn());
    reports_.Clear();
  }
  absl::Status UnstageGuarded() {
    return Guarded(node(), id_, [&] { return Unstage().status(); });
  }
};

TEST_F(QuarantineTest, STL_6_NothingMoreIsTriedOnAVolumeThatAProgramIsStuckOn) {
  EXPECT_EQ(UnstageGuarded().code(), absl::StatusCode::kAborted);
  machine_.ClearJournal();
  const absl::Status next = UnstageGuarded();
  EXPECT_EQ(next.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(Message(next), HasSubstr("quarantine"));
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(QuarantineTest, STL_6_ItIsToldOnce) {
  UnstageGuarded().IgnoreError();
  UnstageGuarded().IgnoreError();
  EXPECT_THAT(Told(Reason::kQuarantined), SizeIs(1));
}

TEST_F(QuarantineTest, Pain11_STL_6_OtherVolumesGoOn) {
  UnstageGuarded().IgnoreError();
  EXPECT_TRUE(quarantine_.Check(*VolumeId::Parse("pvc-2")).ok());
}

TEST_F(QuarantineTest, STL_6_ItEndsWithTheProgram) {
  UnstageGuarded().IgnoreError();
  machine_.ConnectAs(id_.Nqn(), identity_.nqn);
  EXPECT_TRUE(UnstageGuarded().ok());
}

TEST_F(QuarantineTest, STL_6_OnlyItsOwnProgramKeepsAVolumeThere) {
  const VolumeId other = *VolumeId::Parse("pvc-2");
  UnstageGuarded().IgnoreError();
  machine_.Export(other.Nqn(), kVolumeSize);
  StageRequest stage = MakeStageRequest(/*block=*/false);
  stage.id = other;
  stage.target.nqn = other.Nqn();
  stage.staging_path = "/var/lib/kubelet/plugins/staging/pvc-2";
  ASSERT_TRUE(Stage(stage).ok());
  machine_.LoseConnection(other.Nqn());
  Guarded(node(), other, [&] {
    return UnstageVolume(node(), {.id = other, .staging_path = stage.staging_path}, Soon())
        .status();
  }).IgnoreError();
  ASSERT_FALSE(quarantine_.Check(other).ok());
  machine_.ConnectAs(other.Nqn(), identity_.nqn);
  EXPECT_TRUE(quarantine_.Check(other).ok());
  EXPECT_FALSE(quarantine_.Check(id_).ok());
}

TEST_F(QuarantineTest, STL_6_AnErrorThatNamesNoProgramStillKeepsItThere) {
  Unstage().IgnoreError();
  EXPECT_TRUE(quarantine_.Note(id_, absl::AbortedError("its unmount is stuck")));
  EXPECT_FALSE(quarantine_.Check(id_).ok());
}

TEST_F(QuarantineTest, AnAbortedThatLeftNothingBehindIsNoReason) {
  EXPECT_FALSE(quarantine_.Note(id_, absl::AbortedError("another call runs")));
  EXPECT_TRUE(quarantine_.Check(id_).ok());
}

TEST_F(QuarantineTest, EveryOtherErrorIsNoReason) {
  UnstageGuarded().IgnoreError();
  const VolumeId other = *VolumeId::Parse("pvc-2");
  EXPECT_FALSE(quarantine_.Note(other, absl::UnavailableError("(process 1000)")));
  EXPECT_TRUE(quarantine_.Check(other).ok());
}

}  // namespace
}  // namespace rds_csi
