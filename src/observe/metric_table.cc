// SPDX-License-Identifier: Apache-2.0
#include "observe/metric_table.h"

namespace rds_csi {

const std::vector<MetricAbout>& AllMetrics() {  // NOLINT(readability-function-size): a table
  using enum MetricKind;
  static const auto* const kAll = new std::vector<MetricAbout>{
      {Metric::kBuildInfo,
       "rds_csi_build_info",
       kGauge,
       {"version", "role"},
       "Always 1; the labels say what runs."},
      {Metric::kReady,
       "rds_csi_ready",
       kGauge,
       {},
       "1 while the plugin can do its work, as /healthz and Probe say it, else 0."},
      {Metric::kRpcs,
       "rds_csi_rpcs_total",
       kCounter,
       {"method", "code"},
       "Answered CSI calls by gRPC code."},
      {Metric::kRpcDuration,
       "rds_csi_rpc_duration_seconds",
       kHistogram,
       {"method"},
       "How long CSI calls took, failed ones too."},
      {Metric::kRpcsRunning,
       "rds_csi_rpcs_running",
       kGauge,
       {"method"},
       "CSI calls that are being answered now."},
      {Metric::kReports,
       "rds_csi_reports_total",
       kCounter,
       {"reason"},
       "What the driver decided or noticed about volumes, by reason."},
      {Metric::kRdsCommands,
       "rds_csi_rds_commands_total",
       kCounter,
       {"menu", "verb", "code"},
       "Round trips to the RDS by RouterOS command and how they ended."},
      {Metric::kRdsCommandDuration,
       "rds_csi_rds_command_duration_seconds",
       kHistogram,
       {"menu", "verb"},
       "How long round trips to the RDS took, the wait for a free connection included."},
      {Metric::kRdsLogins,
       "rds_csi_rds_logins_total",
       kCounter,
       {"door", "outcome"},
       "New connections to the RDS that came as far as its identity or our login."},
      {Metric::kEventsDropped,
       "rds_csi_events_dropped_total",
       kCounter,
       {},
       "Kubernetes events that were given up: too many at once, or the API took none."},
      {Metric::kNvmeConnections,
       "rds_csi_nvme_connections",
       kGauge,
       {"state"},
       "Staged volumes of this node by the state of their connection."},
      {Metric::kNvmeConnectionState,
       "rds_csi_nvme_connection_state",
       kGauge,
       {"volume", "state"},
       "1 for the state that this volume's connection is in; gone with the volume."},
      {Metric::kNvmeConnectionsOmitted,
       "rds_csi_nvme_connections_omitted",
       kGauge,
       {},
       "Volumes beyond the 1000 that have a series of their own; lost ones come first."},
      {Metric::kStagedVolumes,
       "rds_csi_staged_volumes",
       kGauge,
       {"survives_by"},
       "Staged volumes of this node by what they have when their connection is given up."},
      {Metric::kQuarantinedVolumes,
       "rds_csi_quarantined_volumes",
       kGauge,
       {},
       "Volumes left alone because a program that touches them cannot be killed."},
  };
  return *kAll;
}

const MetricAbout& About(Metric metric) { return AllMetrics().at(static_cast<size_t>(metric)); }

std::string_view NameOf(MetricKind kind) {
  switch (kind) {
    case MetricKind::kCounter:
      return "counter";
    case MetricKind::kGauge:
      return "gauge";
    case MetricKind::kHistogram:
      return "histogram";
  }
  return "";
}

}  // namespace rds_csi
