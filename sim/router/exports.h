// SPDX-License-Identifier: Apache-2.0
// What a changed row means for the target: the arrows between "not exported" and "exported so".
#ifndef RDS_CSI_SIM_ROUTER_EXPORTS_H_
#define RDS_CSI_SIM_ROUTER_EXPORTS_H_

#include "absl/status/status.h"
#include "sim/router/machine.h"

namespace rds_csi::sim {

// Makes the target follow a row from `before` to `after`; either may be null (no row). On failure
// the target shows `before` again, as far as it still can. "failure: nvme-tcp export: …".
absl::Status ChangeExport(Machine& machine, const Disk* before, const Disk* after);

// Publishes every exported row (at start, after a reboot); returns the first error, tries all.
absl::Status PublishAll(Machine& machine);

// Withdraws every exported row; the table keeps saying exported.
void WithdrawAll(Machine& machine);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_EXPORTS_H_
