// SPDX-License-Identifier: Apache-2.0
#include "controller/detach.h"

#include <gmock/gmock.h>

#include "controller/controller_fixture.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::StartsWith;

using DetachTest = ControllerFixture;

TEST_F(DetachTest, ATT_10_NobodyIsAdmittedAnyMore) {
  GivenVolume();
  GivenAttached("node-a");
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_EQ(rds_.calls, 2);
  EXPECT_FALSE(Exported());
  EXPECT_EQ(AllowHost(), "");
  EXPECT_THAT(rds_.journal, Contains(StartsWith("sessions dropped")));
}

TEST_F(DetachTest, ATT_12_TheGenerationIsKept) {
  GivenVolume();
  GivenAttached("node-a");
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_EQ(LedgerOnRds().generation, 1);
  EXPECT_THAT(LedgerOnRds().attachments, IsEmpty());
}

TEST_F(DetachTest, ATT_9_NotAttachedIsSuccessWithoutAChange) {
  GivenVolume();
  EXPECT_TRUE(Detach("node-a").ok());
  EXPECT_THAT(rds_.journal, IsEmpty());
  EXPECT_EQ(rds_.calls, 1);
}

TEST_F(DetachTest, ATT_9_AnUnknownVolumeIsSuccess) { EXPECT_TRUE(Detach("node-a").ok()); }

TEST_F(DetachTest, ATT_9_AnRdsThatCannotBeReachedIsUnavailable) {
  GivenVolume();
  GivenAttached("node-a");
  rds_.unreachable = true;
  EXPECT_EQ(Detach("node-a").code(), Code::kUnavailable);
}

TEST_F(DetachTest, Pain07_NobodyIsAskedBeforeAVolumeIsTakenFromANode) {
  GivenVolume();
  GivenAttached("node-a");
  cluster_.silent = true;
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_FALSE(Exported());
  EXPECT_EQ(cluster_.calls, 0);
}

TEST_F(DetachTest, Pain08_ATT_9_ANodeThatIsGoneGivesItsVolumeBack) {
  GivenVolume();
  GivenAttached("node-a");
  cluster_.gone = {"node-a"};
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_FALSE(Exported());
  EXPECT_THAT(LedgerOnRds().attachments, IsEmpty());
}

TEST_F(DetachTest, ATT_9_NoNodeMeansEveryNode) {
  GivenVolume();
  GivenAttached("node-a", SharedBlock());
  GivenAttached("node-b", SharedBlock());
  ASSERT_TRUE(Detach(std::nullopt).ok());
  EXPECT_FALSE(Exported());
  EXPECT_THAT(LedgerOnRds().attachments, IsEmpty());
}

TEST_F(DetachTest, AnotherNodesAttachmentIsNotTouched) {
  GivenVolume();
  GivenAttached("node-a");
  EXPECT_TRUE(Detach("node-b").ok());
  EXPECT_THAT(rds_.journal, IsEmpty());
  EXPECT_TRUE(Exported());
}

TEST_F(DetachTest, Pain31_ACC_1_WhoStaysIsAdmittedByNameAndWhoGoesLosesItsSession) {
  GivenVolume();
  GivenAttached("node-a", SharedBlock());
  const auto staying = Attach("node-b", SharedBlock());
  Forget();
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_EQ(rds_.calls, 3);
  EXPECT_THAT(rds_.journal[1], StartsWith("sessions dropped"));
  EXPECT_TRUE(Exported());
  EXPECT_EQ(AllowHost(), staying->host.nqn);
  EXPECT_THAT(LedgerOnRds().attachments, ElementsAre(Field(&Attachment::node, Node("node-b"))));
}

TEST_F(DetachTest, ACC_1_WhoStaysIsNotDisturbedWhereRouterOsDropsTheOther) {
  Assume({.allow_host_is_list = true, .allow_host_drops_sessions = true});
  GivenVolume();
  GivenAttached("node-a", SharedBlock());
  GivenAttached("node-b", SharedBlock());
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_EQ(rds_.calls, 2);
  EXPECT_TRUE(Exported());
}

TEST_F(DetachTest, ATT_10_AnExportThatNobodyIsAttachedToIsSwitchedOff) {
  GivenVolume();
  Row()["nvme-tcp-export"] = "true";
  EXPECT_TRUE(Detach("node-a").ok());
  EXPECT_FALSE(Exported());
}

TEST_F(DetachTest, ATT_10_AVolumeOfTheFormerDriverIsClosedToEverybody) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_FALSE(Exported());
  EXPECT_THAT(LedgerOnRds().attachments, IsEmpty());
  EXPECT_EQ(rds_.calls, 2);
}

TEST_F(DetachTest, VOL_2_AVolumeThatTheFormerDriverAttachedElsewhereIsLeftToItsPods) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  cluster_.Want("pvc-1", "node-b");
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_TRUE(Exported());
  ASSERT_TRUE(Detach("node-b").ok());
  EXPECT_FALSE(Exported());
}

TEST_F(DetachTest, VOL_2_AVolumeAttachmentOfWhoKnowsWhichVolumeKeepsNoneOpen) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  cluster_.wanted = {{{.volume = {}, .node = Node("node-b"), .attached = true}}};
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_FALSE(Exported());
}

TEST_F(DetachTest, EVT_1_TellsThatItIsDetached) {
  GivenVolume();
  GivenAttached("node-a");
  reports_.Clear();
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_THAT(reports_.Reasons(), Contains(Reason::kVolumeDetached));
}

TEST_F(DetachTest, ACC_1_EVT_1_AMigrationIsCompletedWhenItsSourceLeaves) {
  GivenVolume();
  GivenAttached("node-a", SharedBlock());
  GivenAttached("node-b", SharedBlock());
  reports_.Clear();
  ASSERT_TRUE(Detach("node-a").ok());
  EXPECT_THAT(reports_.Reasons(), Contains(Reason::kMigrationCompleted));
}

TEST_F(DetachTest, ACC_1_EVT_1_AMigrationHasFailedWhenItsTargetLeaves) {
  GivenVolume();
  GivenAttached("node-a", SharedBlock());
  GivenAttached("node-b", SharedBlock());
  reports_.Clear();
  ASSERT_TRUE(Detach("node-b").ok());
  EXPECT_THAT(reports_.Reasons(), Contains(Reason::kMigrationFailed));
}

TEST_F(DetachTest, ATT_9_ALostReplyIsNotSuccessAndTheRetryIs) {
  GivenVolume();
  GivenAttached("node-a");
  rds_.FailNext("/disk set", Fault::kNeverArrives);
  EXPECT_EQ(Detach("node-a").code(), Code::kDeadlineExceeded);
  EXPECT_TRUE(Exported());
  EXPECT_TRUE(Detach("node-a").ok());
  EXPECT_FALSE(Exported());
}

TEST_F(DetachTest, AnotherClustersVolumeIsNotTouched) {
  GivenVolume();
  GivenAttached("node-a");
  config_.cluster_id = "other";
  EXPECT_EQ(Detach("node-a").code(), Code::kFailedPrecondition);
  EXPECT_TRUE(Exported());
}

TEST_F(DetachTest, ATT_11_ALedgerThatCannotBeReadIsNeverOverwritten) {
  GivenVolume();
  GivenAttached("node-a");
  Row()["comment"] = "rds-csi:7,what";
  EXPECT_EQ(Detach("node-a").code(), Code::kFailedPrecondition);
  EXPECT_EQ(Row().at("comment"), "rds-csi:7,what");
}

}  // namespace
}  // namespace rds_csi
