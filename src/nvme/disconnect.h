// SPDX-License-Identifier: Apache-2.0
// Taking a volume's connections away.
#ifndef RDS_CSI_NVME_DISCONNECT_H_
#define RDS_CSI_NVME_DISCONNECT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "host/host.h"

namespace rds_csi {

// Deletes every controller of `nqn` and returns when sysfs shows none of them and no block device.
// No connection: OK. The kernel never refuses this and drops what was not synced: call it only when
// nothing is mounted and nobody has the device open (design 3.10).
// DEADLINE_EXCEEDED naming what is left.
absl::Status Disconnect(const Host& host, const std::string& nqn, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_DISCONNECT_H_
