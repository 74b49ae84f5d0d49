// SPDX-License-Identifier: Apache-2.0
// What a row of /disk must fulfil before it is added or changed.
#ifndef RDS_CSI_SIM_ROUTER_DISK_RULES_H_
#define RDS_CSI_SIM_ROUTER_DISK_RULES_H_

#include "absl/status/status.h"
#include "sim/router/machine.h"

namespace rds_csi::sim {

// Slot, file and exported NQN are nobody else's; the pool exists; the version knows such disks.
absl::Status CheckNew(const Machine& machine, const Disk& disk);

// The same for a change; a file never shrinks and never moves, and a pool keeps what it is.
absl::Status CheckChange(const Machine& machine, const Disk& before, const Disk& after);

// Drops the properties that this version's `set` does not know though a later one's does.
Record OnlyKnownProperties(const Schema& schema, Record record);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_DISK_RULES_H_
