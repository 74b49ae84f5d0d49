// SPDX-License-Identifier: Apache-2.0
#include "observe/metrics.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/text.h"

namespace rds_csi {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class MetricsTest : public testing::Test {
 protected:
  // "name{labels} value", without comments.
  std::vector<std::string> Series() const {
    const std::string text = metrics_.Text();
    std::vector<std::string> series;
    for (const std::string_view line : Lines(text)) {
      if (!line.starts_with('#')) series.emplace_back(line);
    }
    return series;
  }
  void Stage(std::vector<StagedState> staged) {
    metrics_.AskStaged([staged = std::move(staged)] { return staged; });
  }

  Metrics metrics_{"1.2.3", "node"};
};

TEST_F(MetricsTest, MET_1_SaysWhatRuns) {
  EXPECT_THAT(Series(), Contains("rds_csi_build_info{role=\"node\",version=\"1.2.3\"} 1"));
}

TEST_F(MetricsTest, MET_1_AnRpcIsCountedByItsCodeAndTimed) {
  metrics_.RpcBegan("NodeStageVolume");
  metrics_.RpcEnded("NodeStageVolume", absl::StatusCode::kUnavailable, absl::Seconds(2));
  const auto series = Series();
  EXPECT_THAT(series,
              Contains("rds_csi_rpcs_total{code=\"UNAVAILABLE\",method=\"NodeStageVolume\"} 1"));
  EXPECT_THAT(
      series,
      Contains("rds_csi_rpc_duration_seconds_bucket{method=\"NodeStageVolume\",le=\"1\"} 0"));
  EXPECT_THAT(
      series,
      Contains("rds_csi_rpc_duration_seconds_bucket{method=\"NodeStageVolume\",le=\"2.5\"} 1"));
  EXPECT_THAT(series, Contains("rds_csi_rpc_duration_seconds_sum{method=\"NodeStageVolume\"} 2"));
}

TEST_F(MetricsTest, MET_1_AnRpcThatHangsIsSeenWhileItHangs) {
  metrics_.RpcBegan("NodeStageVolume");
  EXPECT_THAT(Series(), Contains("rds_csi_rpcs_running{method=\"NodeStageVolume\"} 1"));
  metrics_.RpcEnded("NodeStageVolume", absl::StatusCode::kOk, absl::ZeroDuration());
  EXPECT_THAT(Series(), Contains("rds_csi_rpcs_running{method=\"NodeStageVolume\"} 0"));
}

TEST_F(MetricsTest, MET_1_EveryReasonHasASeriesFromTheStart) {
  for (const Reason reason : AllReasons()) {
    EXPECT_THAT(Series(),
                Contains(fmt::format("rds_csi_reports_total{{reason=\"{}\"}} 0", NameOf(reason))));
  }
}

TEST_F(MetricsTest, MET_1_AReportIsCountedByItsReasonAndByNothingElse) {
  metrics_.Tell({.reason = Reason::kFenceSet,
                 .volume_id = "pvc-1",
                 .node_id = "worker-1",
                 .claim = {},
                 .message = "free text"});
  EXPECT_THAT(Series(), Contains("rds_csi_reports_total{reason=\"FenceSet\"} 1"));
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("pvc-1")));
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("free text")));
}

TEST_F(MetricsTest, MET_1_ACommandToTheRdsIsCountedAndTimed) {
  metrics_.RdsCommandEnded("/disk", "set", absl::StatusCode::kDeadlineExceeded,
                           absl::Milliseconds(3));
  EXPECT_THAT(
      Series(),
      Contains(
          "rds_csi_rds_commands_total{code=\"DEADLINE_EXCEEDED\",menu=\"/disk\",verb=\"set\"} 1"));
  EXPECT_THAT(
      Series(),
      Contains(
          "rds_csi_rds_command_duration_seconds_bucket{menu=\"/disk\",verb=\"set\",le=\"0.005\"} "
          "1"));
}

TEST_F(MetricsTest, MET_1_LoginsAreCountedByTheirOutcome) {
  metrics_.RdsLogin("ssh", LoginOutcome::kUntrusted);
  EXPECT_THAT(Series(), Contains("rds_csi_rds_logins_total{door=\"ssh\",outcome=\"untrusted\"} 1"));
}

TEST_F(MetricsTest, MET_1_AConnectionIsShownInTheOneStateThatItIsIn) {
  Stage({{.volume_id = "pvc-1", .link = LinkState::kConnecting}, {.volume_id = "pvc-2"}});
  const auto series = Series();
  EXPECT_THAT(series,
              Contains("rds_csi_nvme_connection_state{volume=\"pvc-1\",state=\"connecting\"} 1"));
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("volume=\"pvc-1\",state=\"live\"")));
  EXPECT_THAT(series, Contains("rds_csi_nvme_connections{state=\"live\"} 1"));
  EXPECT_THAT(series, Contains("rds_csi_nvme_connections{state=\"connecting\"} 1"));
  EXPECT_THAT(series, Contains("rds_csi_nvme_connections{state=\"lost\"} 0"));
}

TEST_F(MetricsTest, MET_1_TheSeriesOfAVolumeEndsWithTheVolume) {
  std::vector<StagedState> staged = {{.volume_id = "pvc-1"}};
  metrics_.AskStaged([&staged] { return staged; });
  EXPECT_THAT(metrics_.Text(), HasSubstr("pvc-1"));
  staged.clear();
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("pvc-1")));
}

TEST_F(MetricsTest, MET_1_VolumesWithASeriesAreBoundedAndLostOnesComeFirst) {
  std::vector<StagedState> staged;
  for (size_t i = 0; i < Metrics::kMostVolumesShown + 7; ++i) {
    staged.push_back({.volume_id = fmt::format("pvc-{}", i)});
  }
  staged.back() = {.volume_id = "zzz", .link = LinkState::kLost};
  Stage(staged);
  const auto series = Series();
  EXPECT_EQ(std::ranges::count_if(series,
                                  [](const std::string& line) {
                                    return line.starts_with("rds_csi_nvme_connection_state");
                                  }),
            Metrics::kMostVolumesShown);
  EXPECT_THAT(series, Contains("rds_csi_nvme_connection_state{volume=\"zzz\",state=\"lost\"} 1"));
  EXPECT_THAT(series, Contains("rds_csi_nvme_connections_omitted 7"));
}

TEST_F(MetricsTest, MET_1_STL_7_SaysWhatHoldsForAVolumeWhoseConnectionGoes) {
  Stage({{.volume_id = "a", .survives_by = Survival::kAnchor},
         {.volume_id = "b", .survives_by = Survival::kAnchor},
         {.volume_id = "c", .survives_by = Survival::kRecovery, .quarantined = true}});
  const auto series = Series();
  EXPECT_THAT(series, Contains("rds_csi_staged_volumes{survives_by=\"anchor\"} 2"));
  EXPECT_THAT(series, Contains("rds_csi_staged_volumes{survives_by=\"delayed_removal\"} 0"));
  EXPECT_THAT(series, Contains("rds_csi_staged_volumes{survives_by=\"recovery\"} 1"));
  EXPECT_THAT(series, Contains("rds_csi_quarantined_volumes 1"));
}

TEST_F(MetricsTest, MET_1_ReadinessAndDroppedEventsAreAskedFor) {
  bool ready = false;
  uint64_t dropped = 0;
  metrics_.AskReady([&ready] { return ready; });
  metrics_.AskEventsDropped([&dropped] { return dropped; });
  EXPECT_THAT(Series(), Contains("rds_csi_ready 0"));
  ready = true;
  dropped = 3;
  EXPECT_THAT(Series(), Contains("rds_csi_ready 1"));
  EXPECT_THAT(Series(), Contains("rds_csi_events_dropped_total 3"));
}

TEST_F(MetricsTest, MET_1_WhatHasNoSourceIsAbsentRatherThanZero) {
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("rds_csi_ready")));
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("rds_csi_quarantined_volumes")));
}

TEST_F(MetricsTest, MET_1_AVolumeIdCannotForgeASeries) {
  Stage({{.volume_id = "x\"} 1\nforged{a=\"b"}});
  for (const std::string& line : Series()) EXPECT_TRUE(line.starts_with("rds_csi_")) << line;
}

TEST_F(MetricsTest, CountsFromManyThreadsAndScrapesMeanwhile) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int call = 0; call < 500; ++call) {
        metrics_.RpcBegan("Probe");
        metrics_.RpcEnded("Probe", absl::StatusCode::kOk, absl::ZeroDuration());
      }
    });
  }
  for (int i = 0; i < 20; ++i) metrics_.Text();
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Series(), Contains("rds_csi_rpcs_total{code=\"OK\",method=\"Probe\"} 2000"));
  EXPECT_THAT(Series(), Contains("rds_csi_rpcs_running{method=\"Probe\"} 0"));
}

}  // namespace
}  // namespace rds_csi
