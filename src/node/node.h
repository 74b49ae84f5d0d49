// SPDX-License-Identifier: Apache-2.0
// What every verb of the node works on. The verbs are free functions, one a file; the caller (the
// gRPC edge) holds the volume's lock, knows the deadline and writes the logs.
#ifndef RDS_CSI_NODE_NODE_H_
#define RDS_CSI_NODE_NODE_H_

#include <string>
#include <vector>

#include "host/host.h"
#include "model/node_id.h"

namespace rds_csi {

struct NodeConfig {
  NodeId node;
  std::string cluster_id;
  std::string kubelet_dir;  // every staging and target path lies below it
};

struct Node {
  Host host;
  const NodeConfig& config;
};

// What went wrong beside the way of a call that succeeded: for the log.
using Warnings = std::vector<std::string>;

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_NODE_H_
