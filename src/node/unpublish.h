// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_NODE_UNPUBLISH_H_
#define RDS_CSI_NODE_UNPUBLISH_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/volume_id.h"
#include "node/node.h"

namespace rds_csi {

struct UnpublishRequest {
  VolumeId id;
  std::string target_path;
};

// NodeUnpublishVolume: takes every mount off the target, then the target itself, file or empty
// directory (PUB-7). Not published: OK. A target that cannot be removed is a warning.
// FAILED_PRECONDITION: busy.
absl::StatusOr<Warnings> UnpublishVolume(const Node& node, const UnpublishRequest& request,
                                         absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_UNPUBLISH_H_
