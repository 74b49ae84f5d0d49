// SPDX-License-Identifier: Apache-2.0
// Taking a volume's connections away.
#ifndef RDS_CSI_NVME_DISCONNECT_H_
#define RDS_CSI_NVME_DISCONNECT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "host/host.h"

namespace rds_csi {

// Takes away everything the kernel has of `nqn` and returns when sysfs shows no controller and no
// block device: first the controllers to the RDS, then the anchor, so that nothing can wait on it
// for ever. No connection: OK. The kernel never refuses this and drops what was not synced: call it
// only when nothing is mounted and nobody has the device open (design 3.10), or to have waiting I/O
// fail at once.
// DEADLINE_EXCEEDED naming what is left. FAILED_PRECONDITION: there is an anchor and no dmsetup.
absl::Status Disconnect(const Host& host, const std::string& nqn, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_DISCONNECT_H_
