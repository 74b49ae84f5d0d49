// SPDX-License-Identifier: Apache-2.0
#include "observe/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "observe/kept_reports.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;

TEST(ReasonTest, EachStandsAtItsPlaceInTheTable) {
  for (size_t i = 0; i < AllReasons().size(); ++i) {
    EXPECT_EQ(static_cast<size_t>(AllReasons()[i]), i) << NameOf(AllReasons()[i]);
  }
  EXPECT_EQ(AllReasons().back(), Reason::kFileLeft);
}

TEST(ReasonTest, EVT_1_TheEventsOfKubernetesHaveTheseNames) {
  std::set<std::string_view> events;
  for (const Reason reason : AllReasons()) {
    if (IsKubernetesEvent(reason)) events.insert(NameOf(reason));
  }
  EXPECT_EQ(events,
            (std::set<std::string_view>{
                "MountFailure", "RecoveryFailed", "StaleMountDetected", "ConnectionFailure",
                "ConnectionRecovery", "AttachmentConflict", "VolumeAttached", "VolumeDetached",
                "StaleAttachmentCleared", "MigrationStarted", "MigrationCompleted",
                "MigrationFailed", "OrphanDetected", "OrphanCleaned"}));
}

TEST(ClaimTest, IsInTheVolumeContext) {
  EXPECT_EQ(ClaimIn({{"csi.storage.k8s.io/pvc/namespace", "shop"},
                     {"csi.storage.k8s.io/pvc/name", "data-0"},
                     {"nvmePort", "4420"}}),
            (ClaimName{"shop", "data-0"}));
  EXPECT_EQ(ClaimIn({}), ClaimName());
}

TEST(ReportersTest, EveryReporterIsTold) {
  KeptReports first;
  KeptReports second;
  Reporters both({&first, &second});
  both.Tell({.reason = Reason::kFenceSet,
             .volume_id = "pvc-1",
             .node_id = {},
             .claim = {},
             .message = "node a may connect"});
  EXPECT_THAT(first.Reasons(), ElementsAre(Reason::kFenceSet));
  EXPECT_THAT(second.Reasons(), ElementsAre(Reason::kFenceSet));
}

TEST(ReportersTest, SoAreThoseThatAreOnlyThereInACluster) {
  KeptReports always;
  KeptReports in_a_cluster;
  Reporters both({&always}, {&in_a_cluster});
  both.Tell({.reason = Reason::kFenceSet,
             .volume_id = "pvc-1",
             .node_id = {},
             .claim = {},
             .message = "node a may connect"});
  EXPECT_THAT(always.Reasons(), ElementsAre(Reason::kFenceSet));
  EXPECT_THAT(in_a_cluster.Reasons(), ElementsAre(Reason::kFenceSet));
}

TEST(LogReporterTest, AReportIsOneLineThatSaysWhyAboutWhatAndForWhom) {
  testing::internal::CaptureStderr();
  LogReporter().Tell({.reason = Reason::kAttachmentConflict,
                      .volume_id = "pvc-1",
                      .node_id = "worker-1",
                      .claim = {"shop", "orders"},
                      .message = "it is elsewhere"});
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::AllOf(testing::HasSubstr(R"("level":"warning")"),
                             testing::HasSubstr(R"("reason":"AttachmentConflict")"),
                             testing::HasSubstr(R"("volume_id":"pvc-1")"),
                             testing::HasSubstr(R"("node_id":"worker-1")"),
                             testing::HasSubstr(R"("claim":"shop/orders")"),
                             testing::HasSubstr(R"("text":"it is elsewhere")")));
}

}  // namespace
}  // namespace rds_csi
