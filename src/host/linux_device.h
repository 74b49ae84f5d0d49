// SPDX-License-Identifier: Apache-2.0
// A block device opened for reading, and what the kernel knows of it.
#ifndef RDS_CSI_HOST_LINUX_DEVICE_H_
#define RDS_CSI_HOST_LINUX_DEVICE_H_

#include <string>

#include "host/linux_fd.h"
#include "host/linux_outcome.h"

namespace rds_csi {

// Opens read-only, with `flags` besides. ENOTBLK when it is something else than a block device.
Outcome OpenDevice(const std::string& device, int flags, Fd& fd);

// BLKROSET: whether writers, root included, are refused from now on.
Outcome SetDeviceReadOnly(const std::string& device, bool read_only);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_DEVICE_H_
