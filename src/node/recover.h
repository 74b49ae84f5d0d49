// SPDX-License-Identifier: Apache-2.0
// Mounting a filesystem anew whose mount went stale (STL-3, STL-4). Only filesystems (PUB-5).
#ifndef RDS_CSI_NODE_RECOVER_H_
#define RDS_CSI_NODE_RECOVER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/node.h"
#include "node/staged_volume.h"

namespace rds_csi {

// Takes the dead mount off the staging path, finds the volume's device again, connecting the volume
// as the attachment it was staged for if need be, checks the filesystem, and mounts it as it was
// mounted before. Several tries with growing pauses within `deadline`. Success and failure are told
// with the number of tries, the old and the new device; `volume` and its record are brought up to
// date.
//
// `why`: what is wrong with the mount. INTERNAL: no try succeeded; the text has the last one's
// reason. ABORTED: a program of ours is stuck.
// Pods that were started before keep the dead mount they have; only new ones see the new one.
absl::Status RecoverMount(const Node& node, StagedVolume& volume, const std::string& why,
                          absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_RECOVER_H_
