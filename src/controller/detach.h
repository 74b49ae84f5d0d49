// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_CONTROLLER_DETACH_H_
#define RDS_CSI_CONTROLLER_DETACH_H_

#include <optional>

#include "controller/controller.h"

namespace rds_csi {

// ControllerUnpublishVolume: takes `node` (none: every node) out of ledger and fence. When it was
// the last, the export goes off and every session is dropped. Success when not attached and when
// there is no such volume (ATT-9). At most two round trips; three while another node stays.
// A volume of the former driver without a ledger is closed to everybody, for nobody knows who uses
// it; but while Kubernetes has it attached to another node it is left as it is.
// UNAVAILABLE: the RDS cannot be asked. FAILED_PRECONDITION: it is another cluster's.
// Told to the reporter: VolumeDetached; where one of two nodes leaves, MigrationCompleted (the
// source left) or MigrationFailed (the target left: rolled back).
absl::Status DetachVolume(const Controller& controller, const VolumeId& id,
                          const std::optional<NodeId>& node, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_DETACH_H_
