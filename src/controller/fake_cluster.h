// SPDX-License-Identifier: Apache-2.0
// Kubernetes, for tests: every node is there but those that are said to be gone, and there are as
// many VolumeAttachments and PersistentVolumes as a test puts in; where it puts in no list, nobody
// can tell.
#ifndef RDS_CSI_CONTROLLER_FAKE_CLUSTER_H_
#define RDS_CSI_CONTROLLER_FAKE_CLUSTER_H_

#include <set>
#include <string>

#include "base/status.h"
#include "controller/cluster.h"

namespace rds_csi {

class FakeCluster final : public Cluster {
 public:
  absl::StatusOr<bool> HasNode(const NodeId& node, absl::Time) override {
    ++calls;
    if (silent) return Silence();
    return !gone.contains(node.str());
  }
  absl::StatusOr<Wanted> AllWanted(absl::Time) override {
    if (silent) return Silence();
    return seen ? seen : wanted;
  }
  absl::StatusOr<Claimed> AllClaimed(absl::Time) override {
    if (silent) return Silence();
    return claimed;
  }
  absl::StatusOr<Wanted> WantedOf(const VolumeId& volume, absl::Time) override {
    if (silent) return Silence();
    if (!wanted) return Wanted();
    std::vector<WantedAttachment> found;
    for (const WantedAttachment& each : *wanted) {
      if (!each.volume || *each.volume == volume) found.push_back(each);
    }
    return Wanted(found);
  }
  void Want(const std::string& volume, const std::string& node, bool attached = true) {
    if (!wanted) wanted.emplace();
    wanted->push_back({.volume = *VolumeId::Parse(volume),
                       .node = *NodeId::Parse(node),
                       .attached = attached,
                       .migration_timeout = absl::Seconds(300)});
  }

  std::set<std::string> gone;
  bool silent = false;
  Wanted wanted;  // the truth
  Wanted seen;    // what a cache that lags behind has; the truth where there is none
  Claimed claimed;
  int calls = 0;

 private:
  static absl::Status Silence() {
    return Error(absl::StatusCode::kUnavailable, "the API server does not answer");
  }
};

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_FAKE_CLUSTER_H_
