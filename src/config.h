// SPDX-License-Identifier: Apache-2.0
// The command line and the environment, as one validated struct for each subcommand. Every flag can
// also be given as an environment variable: --rds-url is RDS_CSI_RDS_URL.
#ifndef RDS_CSI_CONFIG_H_
#define RDS_CSI_CONFIG_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "base/log.h"
#include "controller/controller.h"
#include "csi/topology.h"
#include "kube/cluster_config.h"
#include "model/address.h"
#include "node/node.h"
#include "rds/endpoint.h"
#include "rds/transport_options.h"
#include "rds/volumes.h"

namespace rds_csi {

// What both subcommands have.
struct ServingSettings {
  std::string socket_path;
  std::string driver_name;
  LogLevel log_level = LogLevel::kInfo;
  OptionalTopology topology;
  // The API server, for nodes, attachments and events; none: there is none for us.
  std::optional<ClusterConfig> kubernetes;
  // Where /metrics and /healthz are served; an empty host: on all addresses. none: nowhere.
  std::optional<HostPort> metrics;
};

struct ControllerSettings {
  ServingSettings serving;
  Endpoint rds;
  std::string credentials_dir;
  TransportOptions transport;
  RosBehaviour behaviour;
  ControllerConfig config;
  std::set<NodeId> known_nodes;  // empty: nothing is known, and every node is taken to exist
  // For how long an attachment must have been without its VolumeAttachment to be taken out.
  absl::Duration stale_after = absl::Minutes(5);
};

struct NodeSettings {
  ServingSettings serving;
  NodeConfig config;
  std::string host_run_dir;  // the machine's /run, as we see it
  std::string io_program;    // empty: beside the running program
  int64_t max_volumes = 0;   // 0: no limit
};

// Something to print instead of serving: help, the version, or what is wrong.
struct Notice {
  std::string text;
  int exit_code = 0;  // 0: for standard output; 2: a wrong command line, for standard error
};

using Invocation = std::variant<ControllerSettings, NodeSettings, Notice>;

// What `arguments` (without the program's name) and the environment ask for. Everything that is
// wrong is told in one notice, each problem naming its flag: unknown or doubled flags, missing and
// malformed values, flags that contradict each other, credentials that are not enough.
Invocation ReadCommandLine(const std::vector<std::string>& arguments, std::string_view version);

}  // namespace rds_csi

#endif  // RDS_CSI_CONFIG_H_
