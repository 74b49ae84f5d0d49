// SPDX-License-Identifier: Apache-2.0
// Which volumes this controller may touch.
#ifndef RDS_CSI_CONTROLLER_OWNERSHIP_H_
#define RDS_CSI_CONTROLLER_OWNERSHIP_H_

#include "controller/controller.h"

namespace rds_csi {

// FAILED_PRECONDITION naming both clusters: the ledger says that the volume is another cluster's.
absl::Status CheckOwner(const Controller& controller, const Volume& volume);

// What the RDS says of who has the volume. A volume of the former driver has no ledger: it gets an
// empty one, which admits nobody, and since its export admits everybody, Admit drops whatever
// sessions it has.
Ledger LedgerOf(const Controller& controller, const Volume& volume);

// The volume. One round trip. NOT_FOUND: there is none. FAILED_PRECONDITION: it is another
// cluster's, or its ledger cannot be read.
absl::StatusOr<Volume> GetOwned(const Controller& controller, const VolumeId& id,
                                absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_OWNERSHIP_H_
