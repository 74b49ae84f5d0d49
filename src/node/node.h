// SPDX-License-Identifier: Apache-2.0
// What every verb of the node works on. The verbs are free functions, one a file; the caller (the
// gRPC edge, the keeper) holds the volume's lock, knows the deadline and writes the logs.
#ifndef RDS_CSI_NODE_NODE_H_
#define RDS_CSI_NODE_NODE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "host/host.h"
#include "model/node_id.h"
#include "node/quarantine.h"
#include "node/staged_store.h"
#include "observe/report.h"

namespace rds_csi {

struct NodeConfig {
  NodeId node;
  std::string cluster_id;
  std::string kubelet_dir;  // every staging and target path lies below it
  std::string state_dir = "/var/lib/rds-csi";
  int32_t anchor_seconds = 600;  // for volumes whose StorageClass does not say
};

struct Node {
  Host host;
  const NodeConfig& config;
  Reporter& reporter;
  Quarantine& quarantine;

  StagedStore staged() const { return {host.files, config.state_dir}; }
};

// What went wrong beside the way of a call that succeeded: for the log.
using Warnings = std::vector<std::string>;

// Tells the reporter about one volume on this node.
void Tell(const Node& node, Reason reason, const StagedVolume& volume, const std::string& message);

// The same where there is no record of it.
void Tell(const Node& node, Reason reason, const std::string& volume_id,
          const std::string& message);

// What identifies this run of the kernel; empty where it does not say.
std::string BootId(Files& files);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_NODE_H_
