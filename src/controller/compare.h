// SPDX-License-Identifier: Apache-2.0
// Where the ledgers on the RDS and the objects of Kubernetes do not agree. Pure.
#ifndef RDS_CSI_CONTROLLER_COMPARE_H_
#define RDS_CSI_CONTROLLER_COMPARE_H_

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "controller/cluster.h"
#include "rds/volumes.h"

namespace rds_csi {

// An attachment of a ledger.
struct Held {
  VolumeId volume;
  Attachment attachment;
};

// Every attachment of every ledger.
std::vector<Held> AllHeld(const std::vector<Volume>& volumes);

// Which attachments VolumeAttachments ask for, found without walking through them.
class WantedIndex {
 public:
  explicit WantedIndex(const std::vector<WantedAttachment>& wanted);

  // One whose volume is not known may be any volume's, and so asks for everything on its node.
  bool Has(const Held& held) const;

 private:
  std::set<std::pair<VolumeId, NodeId>> known_;
  std::set<NodeId> unknown_;
};

// A volume about which the truths differ, or that somebody should look at.
struct Oddity {
  VolumeId volume;
  std::optional<NodeId> node;  // none: it is about no node
  std::string text;
};

// What Kubernetes takes for attached though no ledger has it. A volume of the former driver has no
// ledger, so of it nothing can be said.
std::vector<Oddity> FindUnheld(const std::vector<Volume>& volumes,
                               const std::vector<WantedAttachment>& wanted);

// Volumes that no PersistentVolume names (ORP-1). Not those without a ledger: they may be another
// cluster's.
std::vector<Oddity> FindUnclaimed(const std::vector<Volume>& volumes,
                                  const Cluster::Claimed& claimed);

// Two nodes that have had a volume for longer than its migration may take (300 s where Kubernetes
// does not know the volume).
std::vector<Oddity> FindLongMigrations(const std::vector<Volume>& volumes,
                                       const std::vector<WantedAttachment>& wanted, absl::Time now);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_COMPARE_H_
