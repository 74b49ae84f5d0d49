// SPDX-License-Identifier: Apache-2.0
// The one way in which ledger and fence of a volume are changed.
#ifndef RDS_CSI_CONTROLLER_ADMIT_H_
#define RDS_CSI_CONTROLLER_ADMIT_H_

#include "controller/controller.h"

namespace rds_csi {

// The fence that `ledger` calls for: the identity of each attachment, nobody else.
Fence FenceOf(const Ledger& ledger);

// Writes `ledger` and its fence. Where somebody could keep a session that the new fence does not
// allow, every session is dropped first. One round trip, two then. Both are told to the reporter.
absl::StatusOr<Volume> Admit(const Controller& controller, const Volume& volume,
                             const Ledger& ledger, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_ADMIT_H_
