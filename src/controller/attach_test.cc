// SPDX-License-Identifier: Apache-2.0
#include "controller/attach.h"

#include <gmock/gmock.h>

#include "controller/controller_fixture.h"
#include "controller/expand.h"
#include "model/host_identity.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using AttachTest = ControllerFixture;

TEST_F(AttachTest, ATT_8_AnswersWhereAndHowToConnect) {
  GivenVolume();
  const auto context = Attach("node-a");
  ASSERT_TRUE(context.ok()) << Message(context.status());
  EXPECT_EQ(context->nvme, (HostPort{"10.0.0.1", 4420}));
  EXPECT_EQ(context->fs_type, "ext4");
  EXPECT_EQ(context->generation, 1);
  const Ledger ledger = LedgerOnRds();
  EXPECT_EQ(context->host, IdentityOf(ledger, ledger.attachments.at(0)));
  EXPECT_EQ(context->formatting, Formatting::kAllowed);
}

TEST_F(AttachTest, ATT_10_TheExportAdmitsThisAttachmentAndNobodyElse) {
  GivenVolume();
  EXPECT_FALSE(Exported());
  const auto context = Attach("node-a");
  EXPECT_TRUE(Exported());
  EXPECT_EQ(AllowHost(), context->host.nqn);
}

TEST_F(AttachTest, ATT_11_TheLedgerOnTheRdsSaysWhoHasIt) {
  GivenVolume();
  ASSERT_TRUE(Attach("node-a").ok());
  EXPECT_THAT(LedgerOnRds().attachments,
              ElementsAre(Attachment{Node("node-a"), 1, false, 1'800'000'000}));
  EXPECT_EQ(LedgerOnRds().generation, 1);
}

TEST_F(AttachTest, CostsTwoRoundTrips) {
  GivenVolume();
  ASSERT_TRUE(Attach("node-a").ok());
  EXPECT_EQ(rds_.calls, 2);
}

TEST_F(AttachTest, TheAddressOfTheStorageClassGoesFirst) {
  GivenVolume();
  context_.nvme = {"fd00::9", 4421};
  Row()["nvme-tcp-server-port"] = "4422";
  EXPECT_EQ(Attach("node-a")->nvme, (HostPort{"fd00::9", 4422}));
}

TEST_F(AttachTest, ThePortIsTheDisksElseTheContextsElseTheDefault) {
  GivenVolume();
  Row()["nvme-tcp-server-port"] = "0";
  EXPECT_EQ(Attach("node-a")->nvme.port, 4420);
  context_.nvme.port = 4421;
  EXPECT_EQ(Attach("node-a")->nvme.port, 4421);
}

TEST_F(AttachTest, BLK_2_TheFilesystemIsTheCapabilitysElseTheContexts) {
  GivenVolume();
  context_.fs_type = "ext3";
  EXPECT_EQ(Attach("node-a")->fs_type, "ext3");
  Capability xfs;
  xfs.fs_type = "xfs";
  EXPECT_EQ(Attach("node-a", xfs)->fs_type, "xfs");
}

TEST_F(AttachTest, ACopyIsNeverFormatted) {
  GivenVolume();
  Row()["comment"] = "rds-csi:1,c=cluster,v=pvc-1,i=1a2b3c4d,o=copy,g=0,e=0";
  EXPECT_EQ(Attach("node-a")->formatting, Formatting::kNever);
}

// What a node still holds of the one that was deleted is not let in.
TEST_F(AttachTest, ATT_12_AVolumeThatWasMadeAnewUnderItsNameAdmitsAnotherHost) {
  GivenVolume();
  const std::string before = Attach("node-a")->host.nqn;
  rds_.disks.pop_back();
  GivenVolume();
  EXPECT_NE(Attach("node-a")->host.nqn, before);
}

TEST_F(AttachTest, ATT_12_AVolumeWhoseGenerationsAreUsedUpIsNotAttached) {
  GivenVolume();
  Row()["comment"] = "rds-csi:1,c=cluster,v=pvc-1,i=1a2b3c4d,o=blank,g=268435455,e=0";
  const absl::Status status = Attach("node-a").status();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("copy it to a new one"));
  EXPECT_FALSE(Exported());
}

TEST_F(AttachTest, ATT_2_AVolumeThatDoesNotExistIsNotFound) {
  EXPECT_EQ(Attach("node-a").status().code(), Code::kNotFound);
}

TEST_F(AttachTest, ATT_2_AnRdsThatCannotBeReachedIsUnavailableAndNeverNotFound) {
  rds_.unreachable = true;
  EXPECT_EQ(Attach("node-a").status().code(), Code::kUnavailable);
}

TEST_F(AttachTest, ATT_3_TheSameNodeGetsTheSameAnswerWithoutAChange) {
  GivenVolume();
  const auto first = Attach("node-a");
  Forget();
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(*Attach("node-a"), *first);
  EXPECT_THAT(rds_.journal, IsEmpty());
  EXPECT_EQ(rds_.calls, 1);
}

TEST_F(AttachTest, ATT_3_TheFenceIsSetAgainWhereTheRdsLostIt) {
  GivenVolume();
  const auto first = Attach("node-a");
  Row()["nvme-tcp-export"] = "false";
  EXPECT_EQ(*Attach("node-a"), *first);
  EXPECT_TRUE(Exported());
}

TEST_F(AttachTest, ATT_10_AFenceThatWasOpenedByHandIsClosedAndItsSessionsDropped) {
  GivenVolume();
  const auto first = Attach("node-a");
  Row()["nvme-tcp-server-allow-host-name"] = "";
  Forget();
  EXPECT_EQ(*Attach("node-a"), *first);
  EXPECT_EQ(AllowHost(), first->host.nqn);
  EXPECT_THAT(rds_.journal, Contains(StartsWith("sessions dropped")));
}

TEST_F(AttachTest, ATT_4_ANodeThatExistsKeepsItsVolume) {
  GivenVolume();
  GivenAttached("node-a");
  const auto context = Attach("node-b");
  EXPECT_EQ(context.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(context.status()), HasSubstr("node-a"));
  EXPECT_THAT(Message(context.status()), HasSubstr("node-b"));
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(AttachTest, Incident01_ATT_5_ANodeThatIsGoneIsCutOffBeforeTheNextIsAdmitted) {
  GivenVolume();
  GivenAttached("node-a");
  cluster_.gone = {"node-a"};
  const auto context = Attach("node-b");
  ASSERT_TRUE(context.ok()) << Message(context.status());
  ASSERT_EQ(rds_.journal.size(), 3u);
  EXPECT_THAT(rds_.journal[0], HasSubstr("nvme-tcp-export=no"));
  EXPECT_THAT(rds_.journal[1], StartsWith("sessions dropped"));
  EXPECT_THAT(rds_.journal[2], HasSubstr("allow-host-name=" + context->host.nqn));
  EXPECT_EQ(rds_.calls, 3);
  EXPECT_THAT(LedgerOnRds().attachments,
              ElementsAre(Attachment{Node("node-b"), 2, false, 1'800'000'000}));
}

// A person switches the export on just when it was seen off; or a command comes late.
TEST_F(AttachTest, ATT_10_AnExportThatComesOnDuringATakeOverAdmitsNobodyOfBefore) {
  GivenVolume();
  GivenAttached("node-a");
  Row()["nvme-tcp-export"] = "false";
  cluster_.gone = {"node-a"};
  const std::string before = AllowHost();
  rds_.before = [&](const RosCommand& command) {
    if (command.verb == RosCommand::Verb::kSet) Row()["nvme-tcp-export"] = "true";
    const bool last = command.values.contains("comment");
    if (last) {
      EXPECT_NE(AllowHost(), before);
    }
  };
  ASSERT_TRUE(Attach("node-b").ok());
  EXPECT_THAT(rds_.journal, Contains(StartsWith("sessions dropped")));
}

TEST_F(AttachTest, ATT_5_OneSetIsEnoughWhereRouterOsDropsTheSessionsItself) {
  GivenVolume();
  GivenAttached("node-a");
  cluster_.gone = {"node-a"};
  Assume({.allow_host_is_list = true, .allow_host_drops_sessions = true});
  ASSERT_TRUE(Attach("node-b").ok());
  EXPECT_EQ(rds_.calls, 2);
}

TEST_F(AttachTest, EVT_1_TellsTheClaimThatItIsAttached) {
  GivenVolume();
  context_.passed_on = {{"csi.storage.k8s.io/pvc/namespace", "shop"},
                        {"csi.storage.k8s.io/pvc/name", "data-0"}};
  ASSERT_TRUE(Attach("node-a").ok());
  EXPECT_THAT(reports_.Reasons(), ElementsAre(Reason::kFenceSet, Reason::kVolumeAttached));
  EXPECT_EQ(reports_.All()[1].claim, (ClaimName{"shop", "data-0"}));
  EXPECT_EQ(reports_.All()[1].node_id, "node-a");
}

TEST_F(AttachTest, EVT_1_TheSameAnswerAgainTellsNobody) {
  GivenVolume();
  GivenAttached("node-a");
  reports_.Clear();
  ASSERT_TRUE(Attach("node-a").ok());
  EXPECT_THAT(reports_.All(), IsEmpty());
}

TEST_F(AttachTest, ATT_4_EVT_1_AConflictIsToldToTheClaim) {
  GivenVolume();
  GivenAttached("node-a");
  reports_.Clear();
  EXPECT_FALSE(Attach("node-b").ok());
  ASSERT_THAT(reports_.Reasons(), ElementsAre(Reason::kAttachmentConflict));
  EXPECT_THAT(reports_.All()[0].message, HasSubstr("node-a"));
  EXPECT_THAT(reports_.All()[0].message, HasSubstr("node-b"));
}

TEST_F(AttachTest, ATT_5_EVT_1_ATakeOverIsTold) {
  GivenVolume();
  GivenAttached("node-a");
  cluster_.gone = {"node-a"};
  reports_.Clear();
  ASSERT_TRUE(Attach("node-b").ok());
  EXPECT_THAT(reports_.Reasons(),
              ElementsAre(Reason::kSessionsCutOff, Reason::kFenceSet,
                          Reason::kStaleAttachmentCleared, Reason::kVolumeAttached));
}

TEST_F(AttachTest, ACC_1_EVT_1_TheSecondNodeOfSharedBlockStartsAMigration) {
  GivenVolume();
  GivenAttached("node-a", SharedBlock());
  reports_.Clear();
  ASSERT_TRUE(Attach("node-b", SharedBlock()).ok());
  EXPECT_THAT(reports_.Reasons(), Contains(Reason::kMigrationStarted));
}

TEST_F(AttachTest, ATT_6_AnApiServerThatDoesNotAnswerChangesNothing) {
  GivenVolume();
  GivenAttached("node-a");
  cluster_.silent = true;
  EXPECT_EQ(Attach("node-b").status().code(), Code::kUnavailable);
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(AttachTest, ANodeThatIsNotOneOfTheClusterGetsNothing) {
  GivenVolume();
  UnwatchedCluster known({Node("node-a")});
  const Controller controller{*volumes_, room_, listing_, known, reports_, clock_, config_};
  const auto context = AttachVolume(controller, {id_, Node("node-b"), {}, context_}, deadline_);
  EXPECT_EQ(context.status().code(), Code::kNotFound);
  EXPECT_THAT(Message(context.status()), HasSubstr("node-b"));
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(AttachTest, ATT_6_WithoutAnApiClientEveryNodeExists) {
  GivenVolume();
  GivenAttached("node-a");
  UnwatchedCluster nobody;
  const Controller controller{*volumes_, room_, listing_, nobody, reports_, clock_, config_};
  const auto context = AttachVolume(controller, {id_, Node("node-b"), {}, context_}, deadline_);
  EXPECT_EQ(context.status().code(), Code::kFailedPrecondition);
}

TEST_F(AttachTest, ATT_10_ACutOffThatFailsAdmitsNobody) {
  GivenVolume();
  GivenAttached("node-a");
  cluster_.gone = {"node-a"};
  const std::string before = AllowHost();
  rds_.FailNext("/disk set", Fault::kUnreachable);
  EXPECT_EQ(Attach("node-b").status().code(), Code::kUnavailable);
  EXPECT_EQ(AllowHost(), before);
  EXPECT_THAT(LedgerOnRds().attachments,
              ElementsAre(testing::Field(&Attachment::node, Node("node-a"))));
}

TEST_F(AttachTest, ATT_12_EveryAttachmentHasItsOwnIdentity) {
  GivenVolume();
  const auto first = Attach("node-a");
  ASSERT_TRUE(Detach("node-a").ok());
  const auto second = Attach("node-a");
  EXPECT_EQ(second->generation, 2);
  EXPECT_NE(second->host.nqn, first->host.nqn);
  EXPECT_EQ(AllowHost(), second->host.nqn);
}

TEST_F(AttachTest, ATT_11_ALedgerThatCannotBeReadStopsTheAttach) {
  GivenVolume();
  Row()["comment"] = "rds-csi:1,c=clu";
  EXPECT_EQ(Attach("node-a").status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(AttachTest, Incident10_ATT_11_TheTruthSurvivesTheLossOfTheController) {
  GivenVolume();
  GivenAttached("node-a");
  RdsVolumes volumes(rds_, {});
  PoolRoom room;
  const Controller restarted{volumes, room, listing_, cluster_, reports_, clock_, config_};
  EXPECT_EQ(AttachVolume(restarted, {id_, Node("node-b"), {}, context_}, deadline_).status().code(),
            Code::kFailedPrecondition);
}

TEST_F(AttachTest, AVolumeOfAnotherClusterIsNotTouched) {
  GivenVolume();
  config_.cluster_id = "other";
  const auto context = Attach("node-a");
  EXPECT_EQ(context.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(context.status()), HasSubstr("belongs to cluster cluster"));
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(AttachTest, AnUnknownOutcomeIsSaidAndAskingAgainFindsOut) {
  GivenVolume();
  rds_.FailNext("/disk set", Fault::kLostReply);
  EXPECT_EQ(Attach("node-a").status().code(), Code::kDeadlineExceeded);
  const auto context = Attach("node-a");
  ASSERT_TRUE(context.ok());
  EXPECT_EQ(context->generation, 1);
  EXPECT_EQ(AllowHost(), context->host.nqn);
}

TEST_F(AttachTest, AnUnknownOutcomeThatDidNothingIsMadeGoodByTheRetry) {
  GivenVolume();
  rds_.FailNext("/disk set", Fault::kNeverArrives);
  EXPECT_EQ(Attach("node-a").status().code(), Code::kDeadlineExceeded);
  EXPECT_TRUE(Attach("node-a").ok());
  EXPECT_TRUE(Exported());
}

TEST_F(AttachTest, ACC_1_ASingleReaderIsAnOrdinaryAttachment) {
  GivenVolume();
  Capability reader;
  reader.mode = AccessMode::kSingleNodeReaderOnly;
  GivenAttached("node-a", reader);
  EXPECT_EQ(Attach("node-b", reader).status().code(), Code::kFailedPrecondition);
}

TEST_F(AttachTest, ACC_1_ASecondNodeJoinsWhereBothShareABlockVolume) {
  GivenVolume();
  GivenAttached("node-a", SharedBlock());
  ASSERT_TRUE(Attach("node-b", SharedBlock()).ok());
  EXPECT_EQ(rds_.calls, 2);
  EXPECT_THAT(rds_.journal, Not(Contains(StartsWith("sessions dropped"))));
  EXPECT_EQ(LedgerOnRds().attachments.size(), 2u);
  EXPECT_EQ(AllowHost(), "");
}

TEST_F(AttachTest, ACC_1_BothAreAdmittedByNameWhereListsAreAllowed) {
  Assume({.allow_host_is_list = true, .allow_host_drops_sessions = false});
  GivenVolume();
  const auto first = Attach("node-a", SharedBlock());
  const auto second = Attach("node-b", SharedBlock());
  EXPECT_EQ(AllowHost(), first->host.nqn + "," + second->host.nqn);
}

TEST_F(AttachTest, ACC_1_AThirdNodeIsRefused) {
  GivenVolume();
  GivenAttached("node-a", SharedBlock());
  GivenAttached("node-b", SharedBlock());
  const auto context = Attach("node-c", SharedBlock());
  EXPECT_EQ(context.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(context.status()), HasSubstr("node-a and node-b"));
}

TEST_F(AttachTest, ACC_1_AThirdNodeTakesThePlaceOfOneThatIsGone) {
  GivenVolume();
  GivenAttached("node-a", SharedBlock());
  GivenAttached("node-b", SharedBlock());
  cluster_.gone = {"node-a"};
  ASSERT_TRUE(Attach("node-c", SharedBlock()).ok());
  EXPECT_NE(LedgerOnRds().Find(Node("node-b")), std::nullopt);
  EXPECT_NE(LedgerOnRds().Find(Node("node-c")), std::nullopt);
}

TEST_F(AttachTest, ACC_1_SharingNeedsBothToWantIt) {
  GivenVolume();
  GivenAttached("node-a");
  EXPECT_EQ(Attach("node-b", SharedBlock()).status().code(), Code::kFailedPrecondition);
  ASSERT_TRUE(Detach("node-a").ok());
  GivenAttached("node-a", SharedBlock());
  EXPECT_EQ(Attach("node-b").status().code(), Code::kFailedPrecondition);
}

TEST_F(AttachTest, ACC_1_ABlockVolumeForOneWriterIsNeverShared) {
  Capability one_writer = SharedBlock();
  one_writer.mode = AccessMode::kSingleNodeWriter;
  GivenVolume();
  GivenAttached("node-a", one_writer);
  EXPECT_EQ(Attach("node-b", one_writer).status().code(), Code::kFailedPrecondition);
}

TEST_F(AttachTest, Pain31_ACC_1_AFilesystemIsNeverShared) {
  Capability filesystem = SharedBlock();
  filesystem.block = false;
  GivenVolume();
  GivenAttached("node-a", filesystem);
  EXPECT_EQ(Attach("node-b", filesystem).status().code(), Code::kFailedPrecondition);
}

TEST_F(AttachTest, VOL_2_AVolumeThatTheFormerDriverAttachedHereIsLeftAsItIs) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  cluster_.Want("pvc-1", "node-a");
  const auto context = Attach("node-a");
  ASSERT_TRUE(context.ok()) << Message(context.status());
  EXPECT_EQ(context->generation, 0);
  EXPECT_EQ(context->nvme, (HostPort{"10.0.0.1", 4420}));
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(AttachTest, VOL_2_ATT_4_AVolumeThatTheFormerDriverAttachedElsewhereStaysThere) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  cluster_.Want("pvc-1", "node-a");
  cluster_.Want("pvc-1", "node-b", /*attached=*/false);
  const auto context = Attach("node-b");
  EXPECT_EQ(context.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(Message(context.status()), HasSubstr("node-a"));
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(AttachTest, VOL_2_AVolumeAttachmentOfWhoKnowsWhichVolumeLeavesNoneOpen) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  cluster_.wanted = {{{.volume = {}, .node = Node("node-a"), .attached = true}}};
  const auto context = Attach("node-a");
  ASSERT_TRUE(context.ok()) << Message(context.status());
  EXPECT_EQ(context->generation, 1);
  EXPECT_EQ(AllowHost(), context->host.nqn);
}

TEST_F(AttachTest, VOL_2_ATT_6_AVolumeOfTheFormerDriverWaitsForTheApiServer) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  cluster_.silent = true;
  EXPECT_EQ(Attach("node-a").status().code(), Code::kUnavailable);
  EXPECT_THAT(rds_.journal, IsEmpty());
}

TEST_F(AttachTest, VOL_2_AVolumeOfTheFormerDriverIsFencedWithItsFirstAttachmentHere) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  cluster_.Want("pvc-1", "node-b", /*attached=*/false);
  const auto context = Attach("node-b");
  ASSERT_TRUE(context.ok()) << Message(context.status());
  EXPECT_EQ(context->generation, 1);
  EXPECT_EQ(AllowHost(), context->host.nqn);
}

TEST_F(AttachTest, VOL_2_AVolumeOfTheFormerDriverIsCutOffFirstSinceNobodyKnowsWhoUsesIt) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  const auto context = Attach("node-a");
  ASSERT_TRUE(context.ok()) << Message(context.status());
  ASSERT_EQ(rds_.journal.size(), 3u);
  EXPECT_THAT(rds_.journal[1], StartsWith("sessions dropped"));
  EXPECT_EQ(AllowHost(), context->host.nqn);
  EXPECT_EQ(LedgerOnRds().generation, 1);
  EXPECT_EQ(rds_.calls, 3);
}

TEST_F(AttachTest, VOL_2_OnceItHasALedgerItIsAVolumeLikeAnyOther) {
  rds_.AddLegacyDisk("pvc-1", kSize);
  GivenAttached("node-a");
  EXPECT_EQ(Attach("node-b").status().code(), Code::kFailedPrecondition);
  ASSERT_TRUE(Detach("node-a").ok());
  Forget();
  ASSERT_TRUE(Attach("node-b").ok());
  EXPECT_EQ(rds_.calls, 2);
}

TEST_F(AttachTest, AReadOnlyLoginChangesNothing) {
  GivenVolume();
  rds_.read_only = true;
  EXPECT_EQ(Attach("node-a").status().code(), Code::kFailedPrecondition);
  EXPECT_FALSE(Exported());
}

}  // namespace
}  // namespace rds_csi
