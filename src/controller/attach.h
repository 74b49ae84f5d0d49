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
//   both ask for block RWX      → a second node is let in, for a migration (ACC-1); a third never
//
// A volume of the former driver has no ledger, and admits everybody. What Kubernetes says of it
// holds: attached to this node already, it is left as it is until it is detached, for its pods
// run; attached to another, FAILED_PRECONDITION. Where nobody says anything, it is fenced now and
// whoever was connected is dropped.
//
// NOT_FOUND: no such volume, or the node is not one of the cluster. UNAVAILABLE: the RDS or the API
// server cannot be asked; nothing changed. DEADLINE_EXCEEDED: the outcome is unknown; asking again
// finds out.
// Told to the reporter: VolumeAttached, MigrationStarted, StaleAttachmentCleared,
// AttachmentConflict.
absl::StatusOr<PublishContext> AttachVolume(const Controller& controller,
                                            const AttachRequest& request, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_ATTACH_H_
