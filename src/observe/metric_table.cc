// SPDX-License-Identifier: Apache-2.0
#include "observe/metric_table.h"

namespace rds_csi {
namespace {

using enum MetricKind;

constexpr std::string_view kByBuild[] = {"version", "role"};
constexpr std::string_view kByMethodAndCode[] = {"method", "code"};
constexpr std::string_view kByCode[] = {"code"};
constexpr std::string_view kByMethod[] = {"method"};
constexpr std::string_view kByReason[] = {"reason"};
constexpr std::string_view kByCommandAndCode[] = {"menu", "verb", "code"};
constexpr std::string_view kByCommand[] = {"menu", "verb"};
constexpr std::string_view kByDoorAndOutcome[] = {"door", "outcome"};
constexpr std::string_view kByState[] = {"state"};
constexpr std::string_view kByVolumeAndState[] = {"volume", "state"};
constexpr std::string_view kBySurvival[] = {"survives_by"};
constexpr std::span<const std::string_view> kNone;

constexpr MetricAbout kMetrics[] = {
    {Metric::kBuildInfo, "rds_csi_build_info", kGauge, kByBuild,
     "Always 1; the labels say what runs."},
    {Metric::kReady, "rds_csi_ready", kGauge, kNone,
     "1 while the plugin can do its work, as /healthz and Probe say it, else 0."},
    {Metric::kRpcs, "rds_csi_rpcs_total", kCounter, kByMethodAndCode,
     "Answered CSI calls by gRPC code."},
    {Metric::kRpcDuration, "rds_csi_rpc_duration_seconds", kHistogram, kByMethod,
     "How long CSI calls took, failed ones too."},
    {Metric::kRpcsRunning, "rds_csi_rpcs_running", kGauge, kByMethod,
     "CSI calls that are being answered now."},
    {Metric::kReports, "rds_csi_reports_total", kCounter, kByReason,
     "What the driver decided or noticed about volumes, by reason."},
    {Metric::kRdsCommands, "rds_csi_rds_commands_total", kCounter, kByCommandAndCode,
     "Round trips to the RDS by RouterOS command and how they ended."},
    {Metric::kRdsCommandDuration, "rds_csi_rds_command_duration_seconds", kHistogram, kByCommand,
     "How long round trips to the RDS took, the wait for a free connection included."},
    {Metric::kRdsLogins, "rds_csi_rds_logins_total", kCounter, kByDoorAndOutcome,
     "New connections to the RDS that came as far as its identity or our login."},
    {Metric::kReconcileDuration, "rds_csi_reconcile_duration_seconds", kHistogram, kByCode,
     "How long it took to compare RDS and Kubernetes, by how that ended."},
    {Metric::kEventsDropped, "rds_csi_events_dropped_total", kCounter, kNone,
     "Kubernetes events that were given up: too many at once, or the API took none."},
    {Metric::kNvmeConnections, "rds_csi_nvme_connections", kGauge, kByState,
     "Staged volumes of this node by the state of their connection."},
    {Metric::kNvmeConnectionState, "rds_csi_nvme_connection_state", kGauge, kByVolumeAndState,
     "1 for the state that this volume's connection is in; gone with the volume."},
    {Metric::kNvmeConnectionsOmitted, "rds_csi_nvme_connections_omitted", kGauge, kNone,
     "Volumes beyond the 1000 that have a series of their own; lost ones come first."},
    {Metric::kStagedVolumes, "rds_csi_staged_volumes", kGauge, kBySurvival,
     "Staged volumes of this node by what they have when their connection is given up."},
    {Metric::kQuarantinedVolumes, "rds_csi_quarantined_volumes", kGauge, kNone,
     "Volumes left alone because a program that touches them cannot be killed."},
};

}  // namespace

std::span<const MetricAbout> AllMetrics() { return kMetrics; }

const MetricAbout& About(Metric metric) { return kMetrics[static_cast<size_t>(metric)]; }

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
