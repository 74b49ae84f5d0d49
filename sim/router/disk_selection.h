// SPDX-License-Identifier: Apache-2.0
// Which rows of /disk a command means.
#ifndef RDS_CSI_SIM_ROUTER_DISK_SELECTION_H_
#define RDS_CSI_SIM_ROUTER_DISK_SELECTION_H_

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/router/command.h"
#include "sim/router/machine.h"

namespace rds_csi::sim {

// The only rows for which the condition can hold, found in the indexes; none when every row must be
// looked at.
std::optional<std::set<uint64_t>> Candidates(const DiskTable& disks, const Condition& condition);

// The ids that `numbers` names, as ids, slots or positions. NOT_FOUND when one of them is no row;
// INVALID_ARGUMENT when the command names none at all. An empty list answers what the switch
// `empty-find` says.
absl::StatusOr<std::vector<uint64_t>> TargetDisks(const Machine& machine, const Command& command);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_DISK_SELECTION_H_
