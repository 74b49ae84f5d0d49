// SPDX-License-Identifier: Apache-2.0
#include "fs/device.h"

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {

absl::StatusOr<bool> IsReadOnly(Files& files, const std::string& device) {
  const std::string name = device.substr(device.rfind('/') + 1);
  ASSIGN_OR_RETURN(const std::string text, files.Read("/sys/block/" + name + "/ro"));
  return Trim(text) == "1";
}

absl::Status SetReadOnly(Exec& exec, const std::string& device, bool read_only,
                         absl::Time deadline) {
  return RunIo(exec, {"readonly", device, read_only ? "1" : "0"}, "", deadline).status();
}

}  // namespace rds_csi
