// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile.h"

#include <gmock/gmock.h>

#include "controller/controller_fixture.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr absl::Duration kGrace = absl::Minutes(5);

class ReconcileTest : public ControllerFixture {
 protected:
  // Attached, and nothing of that is left in journal and reports.
  void GivenHeld(const std::string& node, Capability capability = {}) {
    GivenAttached(node, std::move(capability));
    reports_.Clear();
  }
  absl::Status Round() {
    const absl::Status status = reconciler_.Round(deadline_);
    clock_.Advance(absl::Minutes(1));
    return status;
  }
  void Rounds(int count) {
    for (int i = 0; i < count; ++i) ASSERT_EQ(Round(), absl::OkStatus());
  }

  VolumeLocks locks_;
  Reconciler reconciler_{controller(), locks_, kGrace};
};

TEST_F(ReconcileTest, WhatAgreesIsLeftAlone) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.Want("pvc-1", "node-a");
  Rounds(10);
  EXPECT_THAT(rds_.journal, IsEmpty());
  EXPECT_THAT(reports_.All(), IsEmpty());
  EXPECT_EQ(rds_.calls, 11);  // one of them for the files
}

TEST_F(ReconcileTest, ATT_5_AnAttachmentToANodeThatIsGoneIsTakenOut) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.gone = {"node-a"};
  ASSERT_EQ(Round(), absl::OkStatus());
  EXPECT_THAT(LedgerOnRds().attachments, IsEmpty());
  EXPECT_FALSE(Exported());
  EXPECT_THAT(reports_.Reasons(), Contains(Reason::kStaleAttachmentCleared));
}

TEST_F(ReconcileTest, ATT_5_SoIsOneWithoutVolumeAttachmentAfterAGraceTime) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.wanted.emplace();
  Rounds(5);
  EXPECT_TRUE(Exported());
  Rounds(1);
  EXPECT_FALSE(Exported());
  EXPECT_THAT(LedgerOnRds().attachments, IsEmpty());
}

TEST_F(ReconcileTest, TheGraceTimeBeginsAnewWhenTheVolumeAttachmentWasThereOnce) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.wanted.emplace();
  Rounds(5);
  cluster_.Want("pvc-1", "node-a");
  Rounds(1);
  cluster_.wanted->clear();
  Rounds(5);
  EXPECT_TRUE(Exported());
}

TEST_F(ReconcileTest, ATT_6_NothingIsTakenOutOnTheWordOfACacheThatLagsBehind) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.Want("pvc-1", "node-a");
  cluster_.seen.emplace();
  Rounds(10);
  EXPECT_TRUE(Exported());
}

TEST_F(ReconcileTest, ATT_6_NothingIsTakenOutWhileTheApiServerIsSilent) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.gone = {"node-a"};
  cluster_.silent = true;
  EXPECT_EQ(Round().code(), Code::kUnavailable);
  EXPECT_TRUE(Exported());
}

TEST_F(ReconcileTest, ATT_6_WithoutAnApiClientAMissingVolumeAttachmentSaysNothing) {
  GivenVolume();
  GivenHeld("node-a");
  Rounds(10);
  EXPECT_TRUE(Exported());
}

TEST_F(ReconcileTest, AVolumeThatAnRpcWorksOnIsLeftForTheNextRound) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.gone = {"node-a"};
  {
    const auto lock = locks_.TryLock("pvc-1", "ControllerPublishVolume");
    ASSERT_EQ(Round(), absl::OkStatus());
    EXPECT_TRUE(Exported());
  }
  ASSERT_EQ(Round(), absl::OkStatus());
  EXPECT_FALSE(Exported());
}

TEST_F(ReconcileTest, ANewerAttachmentOfTheSameNodeIsNotTakenForTheStaleOne) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.wanted.emplace();
  Rounds(5);
  ASSERT_EQ(Detach("node-a"), absl::OkStatus());
  GivenHeld("node-a");
  Rounds(5);
  EXPECT_TRUE(Exported());
}

TEST_F(ReconcileTest, ATT_12_AnAttachmentThatWasMadeAnewMeanwhileIsNotTouched) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.wanted.emplace();
  Rounds(5);
  int prints = 0;
  rds_.before = [&](const RosCommand& command) {  // Between the listing and the lock.
    if (command.verb != RosCommand::Verb::kPrint || ++prints != 2) return;
    ASSERT_EQ(Detach("node-a"), absl::OkStatus());
    GivenAttached("node-a");
    reports_.Clear();
  };
  Rounds(1);
  EXPECT_GE(prints, 2);
  EXPECT_TRUE(Exported());
  EXPECT_EQ(LedgerOnRds().attachments.at(0).generation, 2);
  EXPECT_THAT(reports_.All(), IsEmpty());
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(ReconcileTest, ATT_5_OneThatCannotBeTakenOutStopsNoOther) {
  GivenVolume("pvc-2");
  id_ = Id("pvc-2");
  GivenHeld("node-a");
  GivenVolume("pvc-1");
  id_ = Id("pvc-1");
  GivenHeld("node-a");
  cluster_.gone = {"node-a"};
  rds_.FailNext("/disk set", Fault::kUnreachable);
  EXPECT_EQ(Round().code(), Code::kUnavailable);
  EXPECT_NE(Row("pvc-1").at("nvme-tcp-export"), Row("pvc-2").at("nvme-tcp-export"));
}

TEST_F(ReconcileTest, Pain21_ORP_1_AVolumeThatACreateLeftIsToldAfterAGraceTimeAndKept) {
  GivenVolume();
  cluster_.claimed.emplace();
  Rounds(5);
  EXPECT_THAT(reports_.All(), IsEmpty());
  Rounds(10);
  EXPECT_THAT(reports_.Reasons(), ElementsAre(Reason::kOrphanDetected));
  EXPECT_THAT(reports_.All()[0].message, HasSubstr(id_.Slot()));
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(ReconcileTest, ORP_1_TheGraceTimeBeginsAnewWhenItWasClaimedOnce) {
  GivenVolume();
  cluster_.claimed.emplace();
  Rounds(5);
  cluster_.claimed->insert(id_);
  Rounds(1);
  cluster_.claimed->clear();
  Rounds(5);
  EXPECT_THAT(reports_.All(), IsEmpty());
}

TEST_F(ReconcileTest, ATT_10_AnExportThatIsNotAsTheLedgerSaysIsToldAndLeftAsItIs) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.Want("pvc-1", "node-a");
  Row()["nvme-tcp-export"] = "false";
  Rounds(5);
  EXPECT_THAT(reports_.All(), IsEmpty());
  Rounds(10);
  ASSERT_THAT(reports_.Reasons(), ElementsAre(Reason::kDisagreement));
  EXPECT_THAT(reports_.All()[0].message, HasSubstr("attached but not exported"));
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(ReconcileTest, ATT_10_SoIsOneThatIsOpenToEverybody) {
  GivenVolume();
  GivenHeld("node-a");
  cluster_.Want("pvc-1", "node-a");
  Row()["nvme-tcp-server-allow-host-name"] = "";
  Rounds(10);
  ASSERT_THAT(reports_.Reasons(), ElementsAre(Reason::kDisagreement));
  EXPECT_THAT(reports_.All()[0].message, HasSubstr("admits everybody"));
}

TEST_F(ReconcileTest, ORP_1_AFileThatNoDiskHasIsToldOnceAndKept) {
  GivenVolume();
  std::string left = *rds_.files.begin();
  left.replace(left.size() - 12, 8, "01234567");
  rds_.files.insert(left);
  Rounds(10);
  EXPECT_THAT(reports_.All(), IsEmpty());  // it may be on its way to be a volume's
  Rounds(30);
  ASSERT_THAT(reports_.Reasons(), ElementsAre(Reason::kFileLeft));
  EXPECT_THAT(reports_.All()[0].message, HasSubstr("/" + left));
  EXPECT_TRUE(rds_.files.contains(left));
}

TEST_F(ReconcileTest, ORP_1_AFileThatIsOnlyWithoutADiskForAWhileIsNotTold) {
  GivenVolume();
  const std::vector<RosRecord> disks = std::exchange(rds_.disks, {rds_.disks.front()});
  Rounds(1);
  rds_.disks = disks;
  Rounds(30);
  EXPECT_THAT(reports_.All(), IsEmpty());
}

// A cluster that lists nothing at all, as an API server does that lost its data, and things on the
// RDS that nobody claims.
TEST_F(ReconcileTest, Incident02_NothingIsEverDeletedOnTheSide) {
  GivenVolume("pvc-1");
  rds_.AddLegacyDisk("pvc-2", kSize);
  rds_.files.insert("storage-pool/csi/left-without-a-disk.img");
  cluster_.wanted.emplace();
  cluster_.claimed.emplace();
  const std::vector<RosRecord> disks = rds_.disks;
  const std::set<std::string> files = rds_.files;
  Rounds(100);
  EXPECT_EQ(rds_.disks, disks);
  EXPECT_EQ(rds_.files, files);
}

TEST_F(ReconcileTest, ATT_11_WhatComesBackIsToldOnceMore) {
  GivenVolume();
  cluster_.Want("pvc-1", "node-a");
  Rounds(2);
  cluster_.wanted->clear();
  Rounds(2);
  cluster_.Want("pvc-1", "node-a");
  Rounds(2);
  EXPECT_THAT(reports_.Reasons(), ElementsAre(Reason::kDisagreement, Reason::kDisagreement));
}

TEST_F(ReconcileTest, ACC_1_TheOtherNodeOfAMigrationKeepsTheVolume) {
  GivenVolume();
  GivenHeld("node-a", SharedBlock());
  GivenHeld("node-b", SharedBlock());
  cluster_.gone = {"node-a"};
  ASSERT_EQ(Round(), absl::OkStatus());
  EXPECT_TRUE(Exported());
  EXPECT_THAT(LedgerOnRds().attachments, SizeIs(1));
  EXPECT_EQ(LedgerOnRds().attachments[0].node, Node("node-b"));
}

TEST_F(ReconcileTest, ACC_1_AMigrationThatTakesTooLongIsToldOnceAndNobodyIsCutOff) {
  GivenVolume();
  GivenHeld("node-a", SharedBlock());
  GivenHeld("node-b", SharedBlock());
  cluster_.Want("pvc-1", "node-a");
  cluster_.Want("pvc-1", "node-b");
  Rounds(10);
  EXPECT_THAT(reports_.Reasons(), ElementsAre(Reason::kMigrationFailed));
  EXPECT_THAT(LedgerOnRds().attachments, SizeIs(2));
}

TEST_F(ReconcileTest, ATT_11_WhatOnlyKubernetesTakesForAttachedIsToldAndNeverGranted) {
  GivenVolume();
  cluster_.Want("pvc-1", "node-a");
  Rounds(3);
  EXPECT_FALSE(Exported());
  EXPECT_THAT(rds_.journal, IsEmpty());
  EXPECT_THAT(reports_.Reasons(), ElementsAre(Reason::kDisagreement));
}

TEST_F(ReconcileTest, ATT_6_WithoutAnApiClientNothingIsTakenOutAndNothingTold) {
  GivenVolume();
  GivenHeld("node-a");
  UnwatchedCluster unwatched;
  const Controller controller{*volumes_, room_, listing_, unwatched, reports_, clock_, config_};
  Reconciler reconciler(controller, locks_, absl::ZeroDuration());
  for (int i = 0; i < 3; ++i) ASSERT_EQ(reconciler.Round(deadline_), absl::OkStatus());
  EXPECT_THAT(rds_.journal, IsEmpty());
  EXPECT_THAT(reports_.All(), IsEmpty());
}

TEST_F(ReconcileTest, ATT_5_WithoutAnApiClientTheNodesThatItWasToldAreAllThereAre) {
  GivenVolume();
  GivenHeld("node-a");
  UnwatchedCluster others({Node("node-b")});
  const Controller controller{*volumes_, room_, listing_, others, reports_, clock_, config_};
  ASSERT_EQ(Reconciler(controller, locks_, kGrace).Round(deadline_), absl::OkStatus());
  EXPECT_THAT(LedgerOnRds().attachments, IsEmpty());
  EXPECT_FALSE(Exported());
}

}  // namespace
}  // namespace rds_csi
