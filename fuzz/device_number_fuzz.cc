// SPDX-License-Identifier: Apache-2.0
// ParseDeviceNumber: what it takes, it writes back the same, leading zeros aside.
#include "fuzz/fuzz.h"
#include "host/files.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const absl::StatusOr<DeviceNumber> number = ParseDeviceNumber(text);
  if (!number.ok()) {
    Require(absl::IsInvalidArgument(number.status()), "what is no number is INVALID_ARGUMENT");
    return 0;
  }
  Require(text.find_first_not_of("0123456789:") == std::string_view::npos, "digits and a colon");
  const absl::StatusOr<DeviceNumber> again = ParseDeviceNumber(ToString(*number));
  Require(again.ok() && *again == *number, "what is written is read again");
  return 0;
}
