// SPDX-License-Identifier: Apache-2.0
// Connecting a volume, and waiting for its block device.
#ifndef RDS_CSI_NVME_CONNECT_H_
#define RDS_CSI_NVME_CONNECT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/host.h"
#include "nvme/fabrics.h"
#include "nvme/subsystem.h"

namespace rds_csi {

struct Connection {
  NvmeNamespace device;
  bool made_now = false;  // by this very call: on failure later, this call takes it away again
};

// What to do about a block device of the NQN that has no controller at all, neither to the RDS nor
// an anchor: delayed_removal_secs keeps it, and nothing tells whose pages wait there.
enum class Orphan {
  kRefuse,
  kJoin,  // the caller has proof that it is of this very attachment (STL-8)
};

// Connects to target.nqn as target.host and answers the block device: that of a live connection to
// the RDS, an anchor's alone is not enough. A connection of that host that is there already is used
// as it is, once it is live. Where the connection was lost and an anchor of that host has kept the
// block device, the new connection joins it, and what waits there is written.
//
// `target.address.host` may be a name. Before the kernel is asked, a TCP connection is tried: the
// kernel holds one lock for all connects of the machine, and a target that swallows packets would
// block them all.
//
// FAILED_PRECONDITION: the kernel has no NVMe/TCP (the text says what to load); or a connection of
//   another attachment is still there: joining it would write its old pages (STL-8).
// UNAVAILABLE: the target cannot be reached, or refused us. DEADLINE_EXCEEDED: connected, but no
//   block device appeared, or the connection did not become live, or its namespace is not that of
//   the block device that is there (another identity).
// On failure nothing is left that this call made; an anchor stays.
absl::StatusOr<Connection> Connect(const Host& host, const FabricsTarget& target,
                                   absl::Time deadline, Orphan orphan = Orphan::kRefuse);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_CONNECT_H_
