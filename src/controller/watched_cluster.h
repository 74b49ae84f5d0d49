// SPDX-License-Identifier: Apache-2.0
// The cluster as the API server has it: nodes, PersistentVolumes and VolumeAttachments are watched,
// and what is taken away from somebody is asked for live before.
#ifndef RDS_CSI_CONTROLLER_WATCHED_CLUSTER_H_
#define RDS_CSI_CONTROLLER_WATCHED_CLUSTER_H_

#include <string>

#include "controller/cluster.h"
#include "kube/watched.h"

namespace rds_csi {

class WatchedCluster final : public Cluster {
 public:
  // Begins to watch at once and never waits for it. `driver`: whose volumes and attachments count.
  // `api` outlives it.
  WatchedCluster(const KubeApi& api, const std::string& driver);

  absl::StatusOr<bool> HasNode(const NodeId& node, absl::Time deadline) override;
  absl::StatusOr<Wanted> AllWanted(absl::Time deadline) override;
  absl::StatusOr<Claimed> AllClaimed(absl::Time deadline) override;
  absl::StatusOr<Wanted> WantedOf(const VolumeId& volume, absl::Time deadline) override;

 private:
  struct Present {};
  // A PersistentVolume of this driver.
  struct KnownVolume {
    VolumeId id;
    absl::Duration migration_timeout;
  };
  // A VolumeAttachment of this driver.
  struct KnownAttachment {
    std::optional<std::string> volume_name;
    NodeId node;
    bool attached = false;
  };

  static absl::StatusOr<std::optional<KnownVolume>> ReadVolume(const std::string& driver,
                                                               const Json& object);
  static absl::StatusOr<std::optional<KnownAttachment>> ReadAttachment(const std::string& driver,
                                                                       const Json& object);
  absl::StatusOr<std::vector<KnownAttachment>> ListAttachments(absl::Time deadline) const;
  absl::StatusOr<std::optional<KnownVolume>> GetVolume(const std::string& name,
                                                       absl::Time deadline) const;
  static WantedAttachment Combine(const KnownAttachment& attachment,
                                  const std::optional<KnownVolume>& volume);

  const KubeApi& api_;
  const std::string driver_;
  Watched<Present> nodes_;
  Watched<KnownVolume> volumes_;
  Watched<KnownAttachment> attachments_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_WATCHED_CLUSTER_H_
