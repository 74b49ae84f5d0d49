// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_NODE_PUBLISH_H_
#define RDS_CSI_NODE_PUBLISH_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/access.h"
#include "model/volume_id.h"
#include "node/node.h"

namespace rds_csi {

struct PublishRequest {
  VolumeId id;
  std::string staging_path;
  std::string target_path;
  Capability capability;
  bool read_only = false;
};

// NodePublishVolume: shows the staged volume at the target path: a filesystem as a directory, a
// block device as a file (PUB-1..8). Published already, in the same way: OK, no second mount.
// A filesystem whose staging mount went stale is mounted anew first (STL-1..4); a check of it that
// fails is a warning (STL-2).
//
// FAILED_PRECONDITION: not staged; or the same device is published with the other kind of access
//   (read-only and writable cannot hold for one device at once).
// ALREADY_EXISTS: published at this target with the other kind of access.
// RESOURCE_EXHAUSTED: the device is mounted at a hundred places: something multiplies them (PUB-8).
// INTERNAL: the device is gone, naming it; the mount failed, and what this call made was removed;
//   the recovery failed. UNAVAILABLE: likewise, but something may be left at the target.
absl::StatusOr<Warnings> PublishVolume(const Node& node, const PublishRequest& request,
                                       absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_PUBLISH_H_
