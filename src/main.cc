// SPDX-License-Identifier: Apache-2.0
// The only wiring: flags and environment become the parts, and the parts are put together here.
#include <fmt/format.h>
#include <grpcpp/impl/service_type.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/status.h"
#include "config.h"
#include "controller/controller.h"
#include "csi/controller_service.h"
#include "csi/file_lock.h"
#include "csi/identity_service.h"
#include "csi/node_service.h"
#include "csi/readiness.h"
#include "csi/rpc.h"
#include "csi/server.h"
#include "csi/stop_signal.h"
#include "host/linux_host.h"
#include "observe/audit.h"
#include "rds/endpoint.h"
#include "rds/pool_room.h"
#include "rds/volumes.h"

namespace rds_csi {
namespace {

constexpr int kCannotStart = 1;
constexpr absl::Duration kPatienceAtStop = absl::Seconds(20);

PluginInfo InfoOf(const ServingSettings& serving) {
  return {.driver_name = serving.driver_name,
          .version = RDS_CSI_VERSION,
          .has_topology = serving.topology.has_value()};
}

// Until a signal comes. Ends the process where a call does not come back: nothing that it uses may
// then be destroyed.
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

void WarnOfInsecurity(const TransportOptions& options) {
  if (!options.any_host_key) return;
  Log(LogLevel::kWarning,
      "INSECURE: --rds-insecure-ssh-host-key is set; whoever answers at --rds-url is believed to "
      "be "
      "the RDS and gets our password. Put its host key into the credentials directory instead");
}

absl::Status RunController(const ControllerSettings& settings) {
  WarnOfInsecurity(settings.transport);
  ASSIGN_OR_RETURN(const std::unique_ptr<RosTransport> transport,
                   OpenTransport(settings.rds, settings.credentials_dir, settings.transport));
  RealClock clock;
  RdsVolumes volumes(*transport, settings.behaviour);
  PoolRoom room;
  NoNodeIsGone no_node_is_gone;
  KnownNodes known_nodes(settings.known_nodes);
  NodeRegistry& nodes =
      settings.known_nodes.empty() ? static_cast<NodeRegistry&>(no_node_is_gone) : known_nodes;
  const Controller controller = {
      .volumes = volumes, .room = room, .nodes = nodes, .clock = clock, .config = settings.config};
  const AuditLog audit({{"driver", settings.serving.driver_name}, {"role", "controller"}},
                       AuditToStandardOutput());
  Rpcs rpcs(clock, audit);
  const Readiness readiness(
      [&volumes](absl::Time deadline) { return volumes.CheckVersion(deadline).status(); });
  const auto identity = NewIdentityService(rpcs, InfoOf(settings.serving), readiness);
  const auto service = NewControllerService(rpcs, controller, settings.serving.topology);
  return ServeUntilStopped(settings.serving, {identity.get(), service.get()});
}

// Volumes cannot be connected without it, and nobody but the machine's owner can load it.
absl::Status CheckFabrics(Files& files) {
  absl::Status found = files.Stat("/dev/nvme-fabrics").status();
  if (!absl::IsNotFound(found)) return found;
  return absl::FailedPreconditionError(
      "this kernel has no NVMe over TCP: /dev/nvme-fabrics is not there (modprobe nvme-tcp)");
}

absl::Status RunNode(const NodeSettings& settings) {
  ASSIGN_OR_RETURN(const std::unique_ptr<LinuxHost> machine,
                   LinuxHost::Open({.io_program = settings.io_program}));
  const Host host = machine->host();
  RETURN_IF_ERROR(host.files.MakeDirectories(settings.state_dir, 0700));
  ASSIGN_OR_RETURN(const std::unique_ptr<FileLock> only_one,
                   FileLock::Take(settings.state_dir + "/node.lock",
                                  fmt::format("this machine's volumes ({})", settings.state_dir)));
  const Node node = {.host = host, .config = settings.config};
  const AuditLog audit({{"driver", settings.serving.driver_name},
                        {"role", "node"},
                        {"node", settings.config.node.str()}},
                       AuditToStandardOutput());
  Rpcs rpcs(host.clock, audit);
  const Readiness readiness([&host](absl::Time) { return CheckFabrics(host.files); });
  const auto identity = NewIdentityService(rpcs, InfoOf(settings.serving), readiness);
  const auto service = NewNodeService(rpcs, node, settings.max_volumes, settings.serving.topology);
  return ServeUntilStopped(settings.serving, {identity.get(), service.get()});
}

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return EXIT_SUCCESS;
  Log(LogLevel::kError, "cannot start", {{"error", Message(status)}});
  return kCannotStart;
}

int Run(const Notice& notice) {
  std::fputs(notice.text.c_str(), notice.exit_code == 0 ? stdout : stderr);
  return notice.exit_code;
}

int Run(const ControllerSettings& settings) {
  HoldStopSignals();
  SetLogLevel(settings.serving.log_level);
  return ExitCodeOf(RunController(settings));
}

int Run(const NodeSettings& settings) {
  HoldStopSignals();
  SetLogLevel(settings.serving.log_level);
  return ExitCodeOf(RunNode(settings));
}

}  // namespace
}  // namespace rds_csi

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return std::visit([](const auto& chosen) { return rds_csi::Run(chosen); },
                      rds_csi::ReadCommandLine(arguments, RDS_CSI_VERSION));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rds-csi: %s\n", error.what());
    return rds_csi::kCannotStart;
  }
}
