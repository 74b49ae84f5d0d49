// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <grpcpp/impl/service_type.h>

#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "base/log.h"
#include "base/status.h"
#include "csi/file_lock.h"
#include "csi/node_service.h"
#include "csi/rpc.h"
#include "host/linux_host.h"
#include "kubernetes.h"
#include "node/adopt.h"
#include "node/health.h"
#include "node/keeper.h"
#include "node/quarantine.h"
#include "node/shutdown.h"
#include "observe/audit.h"
#include "run.h"
#include "serving.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kTimeToAdopt = absl::Seconds(30);
constexpr absl::Duration kTimeToLetGo = absl::Seconds(20);

// Volumes cannot be connected without it, and nobody but the machine's owner can load it.
absl::Status CheckFabrics(Files& files) {
  absl::Status found = files.Stat("/dev/nvme-fabrics").status();
  if (!absl::IsNotFound(found)) return found;
  return absl::FailedPreconditionError(
      "this kernel has no NVMe over TCP: /dev/nvme-fabrics is not there (modprobe nvme-tcp)");
}

void Adopt(const Node& node) {
  const absl::Status adopted = AdoptStaged(node, node.host.clock.Now() + kTimeToAdopt);
  if (adopted.ok()) return;
  Log(LogLevel::kWarning, "what an earlier life of this plugin staged could not be looked through",
      {{"error", Message(adopted)}});
}

void LetGoIfMachineGoesDown(const Node& node, const std::string& run_dir) {
  const absl::Time now = node.host.clock.Now();
  if (!IsMachineGoingDown(node.host.files, run_dir, now)) return;
  Log(LogLevel::kInfo, "the machine goes down: connections are let go");
  const absl::Status let_go = LetGo(node, now + kTimeToLetGo);
  if (!let_go.ok()) {
    Log(LogLevel::kWarning, "not every connection was let go", {{"error", Message(let_go)}});
  }
}

}  // namespace

absl::Status RunNode(const NodeSettings& settings) {
  ASSIGN_OR_RETURN(const std::unique_ptr<LinuxHost> machine,
                   LinuxHost::Open({.io_program = settings.io_program}));
  const Host host = machine->host();
  const std::string& state_dir = settings.config.state_dir;
  RETURN_IF_ERROR(host.files.MakeDirectories(state_dir, 0700));
  ASSIGN_OR_RETURN(const std::unique_ptr<FileLock> only_one,
                   FileLock::Take(state_dir + "/node.lock",
                                  fmt::format("this machine's volumes ({})", state_dir)));
  const AuditLog audit({{"driver", settings.serving.driver_name},
                        {"role", "node"},
                        {"node", settings.config.node.str()}},
                       AuditToStandardOutput());
  Metrics metrics(RDS_CSI_VERSION, "node");
  Kubernetes kubernetes(settings.serving, settings.config.node.str(), host.clock, metrics);
  LogReporter log;
  Reporters reporter({&log, &metrics}, kubernetes.reporters());
  Quarantine quarantine(host.exec);
  const Node node = {
      .host = host, .config = settings.config, .reporter = reporter, .quarantine = quarantine};
  metrics.AskStaged([&node] { return GetStagedStates(node); });
  Rpcs rpcs(host.clock, audit, metrics);
  Adopt(node);
  const Readiness readiness([&host](absl::Time) { return CheckFabrics(host.files); });
  ASSIGN_OR_RETURN(const std::unique_ptr<MetricsServer> pages,
                   ServeMetrics(settings.serving, metrics, readiness));
  const auto identity = NewIdentityService(rpcs, InfoOf(settings.serving), readiness);
  const auto service = NewNodeService(rpcs, node, settings.max_volumes, settings.serving.topology);
  absl::Status served;
  {
    Keeper keeper(node, rpcs.locks());
    const std::jthread keeping([&keeper](const std::stop_token& stop) { keeper.Run(stop); });
    served = ServeUntilStopped(settings.serving, {identity.get(), service.get()});
  }
  LetGoIfMachineGoesDown(node, settings.host_run_dir);
  return served;
}

}  // namespace rds_csi
