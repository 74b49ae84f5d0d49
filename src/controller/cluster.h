// SPDX-License-Identifier: Apache-2.0
// What Kubernetes knows of nodes and attachments, as far as the controller asks.
#ifndef RDS_CSI_CONTROLLER_CLUSTER_H_
#define RDS_CSI_CONTROLLER_CLUSTER_H_

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/node_id.h"
#include "model/volume_id.h"

namespace rds_csi {

inline constexpr absl::Duration kDefaultMigrationTimeout = absl::Seconds(300);

// A VolumeAttachment of this driver: Kubernetes wants the volume at the node, or is about to take
// it away.
struct WantedAttachment {
  // none: its PersistentVolume is not known (any more), so it may be of any volume.
  std::optional<VolumeId> volume;
  NodeId node;
  bool attached = false;  // Kubernetes was told that the attach succeeded
  absl::Duration migration_timeout = kDefaultMigrationTimeout;  // of the volume
};

// Without an API client nothing is known: then every node is said to exist (ATT-6).
class Cluster {
 public:
  // none: nobody can tell, for there is no API client.
  using Wanted = std::optional<std::vector<WantedAttachment>>;
  using Claimed = std::optional<std::set<VolumeId>>;

  virtual ~Cluster() = default;

  // Whether a node still is one of the cluster. `false` was asked for live: volumes are taken over
  // on its word. UNAVAILABLE: cannot be told now.
  virtual absl::StatusOr<bool> HasNode(const NodeId& node, absl::Time deadline) = 0;

  // All VolumeAttachments, as they were a moment ago. UNAVAILABLE.
  virtual absl::StatusOr<Wanted> AllWanted(absl::Time deadline) = 0;

  // The volumes of all PersistentVolumes of this driver, as they were a moment ago. UNAVAILABLE.
  virtual absl::StatusOr<Claimed> AllClaimed(absl::Time deadline) = 0;

  // The VolumeAttachments of one volume, and those that may be of it, asked for live. UNAVAILABLE.
  virtual absl::StatusOr<Wanted> WantedOf(const VolumeId& volume, absl::Time deadline) = 0;
};

// For a controller without an API client: no node is ever known to be gone. It may have been told
// the cluster's nodes; then there are no others.
class UnwatchedCluster final : public Cluster {
 public:
  explicit UnwatchedCluster(std::set<NodeId> nodes = {}) : nodes_(std::move(nodes)) {}
  absl::StatusOr<bool> HasNode(const NodeId& node, absl::Time) override {
    return nodes_.empty() || nodes_.contains(node);
  }
  absl::StatusOr<Wanted> AllWanted(absl::Time) override { return Wanted(); }
  absl::StatusOr<Claimed> AllClaimed(absl::Time) override { return Claimed(); }
  absl::StatusOr<Wanted> WantedOf(const VolumeId&, absl::Time) override { return Wanted(); }

 private:
  std::set<NodeId> nodes_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_CLUSTER_H_
