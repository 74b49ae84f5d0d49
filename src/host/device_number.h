// SPDX-License-Identifier: Apache-2.0
// A device's number, without Abseil; files.h has ParseDeviceNumber.
#ifndef RDS_CSI_HOST_DEVICE_NUMBER_H_
#define RDS_CSI_HOST_DEVICE_NUMBER_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rds_csi {

// A device's number, "259:1". Names of NVMe devices change when a connection comes back; numbers
// are what mounts and open files hold on to.
struct DeviceNumber {
  uint32_t major = 0;
  uint32_t minor = 0;
  friend auto operator<=>(const DeviceNumber&, const DeviceNumber&) = default;
};

// The number in "259:1"; none when `text` is anything else.
std::optional<DeviceNumber> FindDeviceNumber(std::string_view text);

// "259:1".
std::string ToString(DeviceNumber number);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_DEVICE_NUMBER_H_
