// SPDX-License-Identifier: Apache-2.0
// What NodeStageVolume leaves in the staging directory of a block volume: the file `device` with
// the device's path as plain text, mode 0600 (BLK-5). The former driver wrote none.
#ifndef RDS_CSI_NODE_DEVICE_RECORD_H_
#define RDS_CSI_NODE_DEVICE_RECORD_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "host/files.h"

namespace rds_csi {

// Makes the staging directory (0750) if it is missing, then the record.
absl::Status WriteDeviceRecord(Files& files, const std::string& staging_path,
                               const std::string& device);

// none: there is no record. INTERNAL: it holds no device path.
absl::StatusOr<std::optional<std::string>> FindDeviceRecord(Files& files,
                                                            const std::string& staging_path);

// Gone already: OK.
absl::Status RemoveDeviceRecord(Files& files, const std::string& staging_path);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_DEVICE_RECORD_H_
