// SPDX-License-Identifier: Apache-2.0
// Every command that rds-sim executes. Each works on a machine whose lock the router holds; a
// command that fails has changed nothing, except where its comment says so.
#ifndef RDS_CSI_SIM_ROUTER_COMMANDS_H_
#define RDS_CSI_SIM_ROUTER_COMMANDS_H_

#include "absl/status/statusor.h"
#include "sim/router/command.h"
#include "sim/router/machine.h"

namespace rds_csi::sim {

using Handler = absl::StatusOr<Reply> (*)(Machine& machine, const Command& command);

// The command's handler, or null when rds-sim does not simulate it.
Handler FindHandler(const Command& command);

// /disk. `add` answers the new id; `set` and `remove` of several rows stop at the first failure,
// the rows before it stay changed. `remove` leaves the file.
absl::StatusOr<Reply> AddDisk(Machine& machine, const Command& command);
absl::StatusOr<Reply> SetDisks(Machine& machine, const Command& command);
absl::StatusOr<Reply> UnsetDisks(Machine& machine, const Command& command);
absl::StatusOr<Reply> EnableDisks(Machine& machine, const Command& command);
absl::StatusOr<Reply> DisableDisks(Machine& machine, const Command& command);
absl::StatusOr<Reply> RemoveDisks(Machine& machine, const Command& command);
absl::StatusOr<Reply> PrintDisks(Machine& machine, const Command& command);
absl::StatusOr<Reply> GetDisk(Machine& machine, const Command& command);

// /file. Names have no leading slash in answers; both forms are taken. `remove` of a directory
// takes everything in it.
absl::StatusOr<Reply> AddFile(Machine& machine, const Command& command);
absl::StatusOr<Reply> CopyFile(Machine& machine, const Command& command);
absl::StatusOr<Reply> RemoveFiles(Machine& machine, const Command& command);
absl::StatusOr<Reply> PrintFiles(Machine& machine, const Command& command);
absl::StatusOr<Reply> GetFile(Machine& machine, const Command& command);

// /disk/btrfs. A subvolume is a directory of its pool; with `parent` it is a snapshot: a copy.
absl::StatusOr<Reply> AddSubvolume(Machine& machine, const Command& command);
absl::StatusOr<Reply> SetSubvolumes(Machine& machine, const Command& command);
absl::StatusOr<Reply> RemoveSubvolumes(Machine& machine, const Command& command);
absl::StatusOr<Reply> PrintSubvolumes(Machine& machine, const Command& command);
absl::StatusOr<Reply> GetSubvolume(Machine& machine, const Command& command);
absl::StatusOr<Reply> PrintFilesystems(Machine& machine, const Command& command);
absl::StatusOr<Reply> GetFilesystem(Machine& machine, const Command& command);

// /system: one object each.
absl::StatusOr<Reply> PrintResource(Machine& machine, const Command& command);
absl::StatusOr<Reply> PrintIdentity(Machine& machine, const Command& command);
absl::StatusOr<Reply> SetIdentity(Machine& machine, const Command& command);

// The answer of `get`: the one row, and the value of `value-name` if that is given.
absl::StatusOr<Reply> GetFrom(absl::StatusOr<Reply> rows, const Command& command);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_COMMANDS_H_
