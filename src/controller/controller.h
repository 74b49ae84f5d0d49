// SPDX-License-Identifier: Apache-2.0
// What every verb of the controller works on. The verbs are free functions, one a file; the caller
// (the gRPC edge) holds the volume's lock and knows the deadline.
#ifndef RDS_CSI_CONTROLLER_CONTROLLER_H_
#define RDS_CSI_CONTROLLER_CONTROLLER_H_

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "model/contexts.h"
#include "model/node_id.h"
#include "rds/pool_room.h"
#include "rds/volumes.h"

namespace rds_csi {

struct ControllerConfig {
  std::string cluster_id;
  std::vector<std::string> base_paths;  // directories on the RDS; the first is the default
  std::string rds_address;              // host of the RDS as we dial it; for the volume context
  HostPort nvme;                        // where nodes connect unless the StorageClass says else
};

// Whether a node still is one of the cluster.
class NodeRegistry {
 public:
  virtual ~NodeRegistry() = default;
  // UNAVAILABLE: cannot be told now. Without an API client every node is said to exist (ATT-6).
  virtual absl::StatusOr<bool> Exists(const NodeId& node, absl::Time deadline) = 0;
};

// For a controller without an API client: nobody is ever known to be gone.
class NoNodeIsGone final : public NodeRegistry {
 public:
  absl::StatusOr<bool> Exists(const NodeId&, absl::Time) override { return true; }
};

// For a controller without an API client that was told the cluster's nodes.
class KnownNodes final : public NodeRegistry {
 public:
  explicit KnownNodes(std::set<NodeId> nodes) : nodes_(std::move(nodes)) {}
  absl::StatusOr<bool> Exists(const NodeId& node, absl::Time) override {
    return nodes_.contains(node);
  }

 private:
  std::set<NodeId> nodes_;
};

struct Controller {
  RdsVolumes& volumes;
  PoolRoom& room;  // a cache
  NodeRegistry& nodes;
  Clock& clock;
  const ControllerConfig& config;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_CONTROLLER_H_
