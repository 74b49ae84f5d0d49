// SPDX-License-Identifier: Apache-2.0
// Properties of a block device as the kernel keeps them.
#ifndef RDS_CSI_FS_DEVICE_H_
#define RDS_CSI_FS_DEVICE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/host.h"

namespace rds_csi {

// Whether the kernel refuses to open the device for writing.
absl::StatusOr<bool> IsReadOnly(Files& files, const std::string& device);

// BLKROSET: holds for everybody who opens the device from now on, root too (PUB-3).
absl::Status SetReadOnly(Exec& exec, const std::string& device, bool read_only,
                         absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_FS_DEVICE_H_
