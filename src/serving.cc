// SPDX-License-Identifier: Apache-2.0
#include "serving.h"

#include <cstdlib>

#include "base/log.h"
#include "base/status.h"
#include "csi/server.h"
#include "csi/stop_signal.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kPatienceAtStop = absl::Seconds(20);

}  // namespace

PluginInfo InfoOf(const ServingSettings& serving) {
  return {.driver_name = serving.driver_name,
          .version = RDS_CSI_VERSION,
          .has_topology = serving.topology.has_value()};
}

absl::StatusOr<std::unique_ptr<MetricsServer>> ServeMetrics(const ServingSettings& serving,
                                                            Metrics& metrics,
                                                            const Readiness& readiness) {
  if (!serving.metrics) return nullptr;
  metrics.AskReady([&readiness] { return readiness.Latest().ok(); });
  return MetricsServer::Start(serving.metrics->host, serving.metrics->port,
                              {.metrics = [&metrics] { return metrics.Text(); },
                               .health = [&readiness] { return readiness.Latest(); }});
}

absl::Status ServeUntilStopped(const ServingSettings& serving,
                               const std::vector<grpc::Service*>& services) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Server> server,
                   Server::Start(serving.socket_path, services));
  Log(LogLevel::kInfo, "serving", {{"socket", serving.socket_path}, {"version", RDS_CSI_VERSION}});
  const std::string signal = WaitForStopSignal();
  Log(LogLevel::kInfo, "stopping: no new calls, waiting for those that run", {{"signal", signal}});
  if (!server->Stop(kPatienceAtStop)) {
    Log(LogLevel::kError, "a call does not come back; ending without it");
    std::_Exit(kCannotStart);
  }
  Log(LogLevel::kInfo, "stopped");
  return absl::OkStatus();
}

}  // namespace rds_csi
