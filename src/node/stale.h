// SPDX-License-Identifier: Apache-2.0
// Whether a mount still shows its volume (STL-1). statfs(2) and cached names answer on a dead mount
// as if nothing had happened, so it is judged by device numbers, by what the volume's NQN is now,
// and by what the filesystem says of itself.
#ifndef RDS_CSI_NODE_STALE_H_
#define RDS_CSI_NODE_STALE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/host.h"

namespace rds_csi {

struct MountVerdict {
  std::string stale;     // why it is; empty: it is not
  bool waiting = false;  // not stale, but its I/O waits for the RDS
};

// Judges what is (or is not) mounted of the volume `nqn`. `writable`: it was mounted to be written,
// so that a filesystem which made itself read-only is stale. Stale is: nothing mounted; a device
// that is gone; another device than the NQN's; a filesystem that shut itself down. While I/O waits
// for the RDS, nothing that could wait with it is asked.
// Errors: the check itself failed, and nothing is known (STL-2).
absl::StatusOr<MountVerdict> JudgeMount(const Host& host, const std::string& nqn,
                                        const std::optional<Mount>& mount, bool writable,
                                        absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_STALE_H_
