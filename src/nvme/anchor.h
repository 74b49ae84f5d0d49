// SPDX-License-Identifier: Apache-2.0
// The anchor: a second path to a staged volume's namespace that can never carry data and never goes
// away, so that the block device outlives the connection to the RDS (STL-7). It is a target of the
// kernel's own nvmet on 127.0.0.1 with the volume's NQN and namespace identity, whose ANA state is
// "inaccessible": the kernel joins it to the volume's head (nvme0n1) and sends it no I/O, but while
// it is there the head is there, and I/O waits instead of failing. Behind it stands a device-mapper
// target that answers everything with an error: whatever reached it by mistake fails, nothing is
// swallowed.
//
//   /sys/kernel/config/nvmet/…   anchor_target.h
//   /sys/block/dm-*, by its name rds-csi-<digest of the NQN>   anchor_device.h
//
// Whatever act a call is cut off at, the same call or RemoveAnchor takes it from there.
//
// The danger: while a head lives, a new connection of *any* host identity joins it, and old pages
// that wait there are written (STL-8). Whoever connects for a new attachment removes the anchor
// first.
#ifndef RDS_CSI_NVME_ANCHOR_H_
#define RDS_CSI_NVME_ANCHOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/host.h"
#include "model/host_identity.h"
#include "nvme/anchor_address.h"
#include "nvme/subsystem.h"

namespace rds_csi {

// Connects the anchor of `nqn` to the head `device`, as FindNamespace has just answered it, beside
// a live connection to the RDS. `identity`: that of the volume's own connection; the anchor admits
// nobody else. There already, whole: OK, nothing is touched. What a call that was cut off left is
// completed. A kernel module that is only not loaded is loaded, where there is a modprobe.
//
// FAILED_PRECONDITION: cannot be done here, and the text says why: no nvmet, nvmet-tcp, device
//   mapper or native multipath in this kernel (modprobe …), no dmsetup; a block size other than
//   512; another subsystem of this NQN in this kernel's nvmet, which is left alone; the RDS's
//   subsystem does not take a second controller; an anchor of another attachment. UNAVAILABLE,
//   DEADLINE_EXCEEDED: try again.
// On failure nothing is left that this call made or completed. An anchor that the block device
// lives by stays, whatever else failed: when the connection was lost meanwhile, or when only the
// sizes did not settle (GrowAnchor).
absl::Status MakeAnchor(const Host& host, const std::string& nqn, const HostIdentity& identity,
                        const NvmeNamespace& device, absl::Time deadline);

// Gives the anchor the size of the volume, as the path to the RDS has it, which must be at least
// `size_bytes` (0: whatever it is). All sizes agree already: nothing is touched, so that it may be
// called now and then. No anchor: OK.
//
// Why the sizes must agree: a head takes its size from whichever path the kernel looked at last,
// and with that the kernel stops using every path of another size until it looks at that again
// (nvme_mpath_revalidate_paths): an anchor of the old size that is looked at makes the volume
// smaller and all its I/O wait. This mends such a volume as well.
//
// UNAVAILABLE: there is no live connection, or the RDS has not told the size yet, or the kernel
// does not by `deadline`; try again.
absl::Status GrowAnchor(const Host& host, const std::string& nqn, int64_t size_bytes,
                        absl::Time deadline);

// Takes everything of the anchor away and verifies that it is gone: controller, subsystem, device.
// I/O that waits on a head without another path fails from this moment, and the head is gone. No
// anchor, or half of one: OK. A subsystem that is not ours is left alone. DEADLINE_EXCEEDED naming
// what is left.
absl::Status RemoveAnchor(const Host& host, const std::string& nqn, absl::Time deadline);

// The NQNs of all anchors that this machine has, whole or in part: for finding left ones at start.
// Sorted. Left out is only a bare device of an NQN of more than 120 characters.
absl::StatusOr<std::vector<std::string>> FindAnchors(Files& files);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_ANCHOR_H_
