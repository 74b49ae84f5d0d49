// SPDX-License-Identifier: Apache-2.0
// Every metric there is, as data: from this table come the families of the registry, and a test
// holds docs/metrics.md to it.
#ifndef RDS_CSI_OBSERVE_METRIC_TABLE_H_
#define RDS_CSI_OBSERVE_METRIC_TABLE_H_

#include <span>
#include <string_view>

namespace rds_csi {

enum class Metric {
  kBuildInfo,
  kReady,
  kRpcs,
  kRpcDuration,
  kRpcsRunning,
  kReports,
  kRdsCommands,
  kRdsCommandDuration,
  kRdsLogins,
  kReconcileDuration,
  kEventsDropped,
  kNvmeConnections,
  kNvmeConnectionState,
  kNvmeConnectionsOmitted,
  kStagedVolumes,
  kQuarantinedVolumes,
};

enum class MetricKind { kCounter, kGauge, kHistogram };

struct MetricAbout {
  Metric metric;
  std::string_view name;
  MetricKind kind;
  // Each has few values, known beforehand, but for `volume`.
  std::span<const std::string_view> labels;
  std::string_view help;  // one sentence
};

// All of them, in the order of Metric.
std::span<const MetricAbout> AllMetrics();

const MetricAbout& About(Metric metric);

// "counter", "gauge", "histogram".
std::string_view NameOf(MetricKind kind);

}  // namespace rds_csi

#endif  // RDS_CSI_OBSERVE_METRIC_TABLE_H_
