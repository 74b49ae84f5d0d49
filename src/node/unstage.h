// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_NODE_UNSTAGE_H_
#define RDS_CSI_NODE_UNSTAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/volume_id.h"
#include "node/node.h"

namespace rds_csi {

struct UnstageRequest {
  VolumeId id;
  std::string staging_path;
};

// NodeUnstageVolume, in this order: unmount, look for users, disconnect (the RDS, then the anchor),
// verify, remove the records. OK means that the kernel shows no mount at the staging path and no
// connection or anchor of this volume any more. Not staged: OK. A record that is damaged is a
// warning: nothing of it is needed here, and it goes with the rest.
//
// An unmount that waits for the RDS ends after 30 s with DEADLINE_EXCEEDED or ABORTED, although the
// kernel's list shows no mount any more: what was written still waits. The record remembers that,
// the keeper brings the connection back, and until the device is let go the answer is UNAVAILABLE:
// success would throw the waiting pages away.
//
// FAILED_PRECONDITION: still in use; lists `command[PID:n]` (USE-2), and nothing was disconnected.
// A search for users that timed out or failed is a warning, and the disconnect goes on (USE-3).
absl::StatusOr<Warnings> UnstageVolume(const Node& node, const UnstageRequest& request,
                                       absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_UNSTAGE_H_
