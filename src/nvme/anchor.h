// SPDX-License-Identifier: Apache-2.0
// The anchor: a second path to a staged volume's namespace that can never carry data and never goes
// away, so that the block device outlives the connection to the RDS (STL-7). It is a target of the
// kernel's own nvmet on 127.0.0.1 with the volume's NQN and namespace identity, whose ANA state is
// "inaccessible": the kernel joins it to the volume's head (nvme0n1) and sends it no I/O, but while
// it is there the head is there, and I/O waits instead of failing. Behind it stands a device-mapper
// target that answers everything with an error: whatever reached it by mistake fails, nothing is
// swallowed.
//
//   /sys/kernel/config/nvmet/subsystems/<nqn>     with the serial number kAnchorSerial
//   /sys/kernel/config/nvmet/ports/<kAnchorPort>  one for all anchors of the machine
//   /dev/mapper/rds-csi-<digest of the NQN>
//
// The danger: while a head lives, a new connection of *any* host identity joins it, and old pages
// that wait there are written (STL-8). Whoever connects for a new attachment removes the anchor
// first.
#ifndef RDS_CSI_NVME_ANCHOR_H_
#define RDS_CSI_NVME_ANCHOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/host.h"
#include "model/host_identity.h"
#include "nvme/subsystem.h"

namespace rds_csi {

inline constexpr std::string_view kAnchorSerial = "rds-csi-anchor";
inline constexpr uint16_t kAnchorPort = 4499;

// Whether a controller is an anchor's: 127.0.0.1 and kAnchorPort.
bool IsAnchor(const NvmeController& controller);

// Connects the anchor of `nqn` to the head `device`. `host`: the identity of the volume's own
// connection; the anchor admits nobody else. There already, whole: OK, nothing is touched. What a
// call that was cut off left is completed.
//
// FAILED_PRECONDITION: cannot be done here, and the text says why: no nvmet, nvmet-tcp, device
//   mapper or native multipath in this kernel (modprobe …); a block size other than 512; another
//   subsystem of this NQN in this kernel's nvmet, which is left alone; the RDS's subsystem does not
//   take a second controller. UNAVAILABLE, DEADLINE_EXCEEDED: try again.
// On failure nothing is left that this call made.
absl::Status MakeAnchor(const Host& host, const std::string& nqn, const HostIdentity& identity,
                        const NvmeNamespace& device, absl::Time deadline);

// Gives the anchor the size of the volume, which has grown: the kernel takes a head's size from
// whichever path it looked at last. No anchor: OK.
absl::Status GrowAnchor(const Host& host, const std::string& nqn, int64_t size_bytes,
                        absl::Time deadline);

// Takes everything of the anchor away and verifies that it is gone: controller, subsystem, device.
// I/O that waits on a head without another path fails from this moment. No anchor, or half of one:
// OK. A subsystem that is not ours is left alone. DEADLINE_EXCEEDED naming what is left.
absl::Status RemoveAnchor(const Host& host, const std::string& nqn, absl::Time deadline);

// The NQNs of all anchors that this machine has, whole or in part: for finding left ones at start.
absl::StatusOr<std::vector<std::string>> FindAnchors(Files& files);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_ANCHOR_H_
