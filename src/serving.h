// SPDX-License-Identifier: Apache-2.0
// What both plugins do with their parts: serve CSI until they are told to stop, and show metrics.
#ifndef RDS_CSI_SERVING_H_
#define RDS_CSI_SERVING_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "config.h"
#include "csi/identity_service.h"
#include "csi/readiness.h"
#include "observe/metrics.h"
#include "observe/metrics_server.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace rds_csi {

inline constexpr int kCannotStart = 1;  // exit status

PluginInfo InfoOf(const ServingSettings& serving);

// Serves /metrics and /healthz while it lives; empty where they are switched off. Uses `metrics`
// and `readiness` as long. FAILED_PRECONDITION: the address cannot be listened on.
absl::StatusOr<std::unique_ptr<MetricsServer>> ServeMetrics(const ServingSettings& serving,
                                                            Metrics& metrics,
                                                            const Readiness& readiness);

// Until a signal comes; calls that run are then waited for. Ends the whole process where one does
// not come back: nothing that it uses may then be destroyed.
absl::Status ServeUntilStopped(const ServingSettings& serving,
                               const std::vector<grpc::Service*>& services);

}  // namespace rds_csi

#endif  // RDS_CSI_SERVING_H_
