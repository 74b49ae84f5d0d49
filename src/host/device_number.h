// SPDX-License-Identifier: Apache-2.0
// Reading a device's number without Abseil; files.h has the type and ParseDeviceNumber.
#ifndef RDS_CSI_HOST_DEVICE_NUMBER_H_
#define RDS_CSI_HOST_DEVICE_NUMBER_H_

#include <optional>
#include <string_view>

#include "host/files.h"

namespace rds_csi {

// The number in "259:1"; none when `text` is anything else.
std::optional<DeviceNumber> FindDeviceNumber(std::string_view text);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_DEVICE_NUMBER_H_
