// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_CONTROLLER_ATTACH_H_
#define RDS_CSI_CONTROLLER_ATTACH_H_

#include "controller/controller.h"
#include "model/access.h"

namespace rds_csi {

struct AttachRequest {
  VolumeId id;
  NodeId node;
  Capability capability;
  VolumeContext context;
};

// ControllerPublishVolume: writes ledger and fence for `node` and answers how it connects. Two
// round trips; three where sessions of an earlier holder must be cut off first.
//
//   not attached                → attached with the next generation
//   attached to this node       → the same answer again (ATT-3); the fence is set again where the
//                                 RDS lost it
//   attached to another node    → gone from the cluster: taken over (ATT-5); else
//                                 FAILED_PRECONDITION naming both nodes (ATT-4)
//   both ask for block RWX      → a second node is let in (ACC-1)
//
// NOT_FOUND: no such volume, or the node is not one of the cluster. UNAVAILABLE: the RDS or the API
// server cannot be asked; nothing changed. DEADLINE_EXCEEDED: the outcome is unknown; asking again
// finds out.
absl::StatusOr<PublishContext> AttachVolume(const Controller& controller,
                                            const AttachRequest& request, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_ATTACH_H_
