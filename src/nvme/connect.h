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

// Connects to target.nqn as target.host and answers the block device. A connection of that host
// that is there already is used as it is, once it is live.
//
// `target.address.host` may be a name. Before the kernel is asked, a TCP connection is tried: the
// kernel holds one lock for all connects of the machine, and a target that swallows packets would
// block them all.
//
// FAILED_PRECONDITION: the kernel has no NVMe/TCP (the text says what to load); or a connection of
//   another attachment is still there: joining it would write its old pages (STL-8).
// UNAVAILABLE: the target cannot be reached, or refused us. DEADLINE_EXCEEDED: connected, but no
//   block device appeared, or the connection did not become live.
// On failure nothing is left that this call made.
absl::StatusOr<Connection> Connect(const Host& host, const FabricsTarget& target,
                                   absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_CONNECT_H_
