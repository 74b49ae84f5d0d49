// SPDX-License-Identifier: Apache-2.0
#include "host/files.h"

#include <fmt/format.h>

#include <optional>

#include "base/status.h"
#include "base/text.h"
#include "host/device_number.h"

namespace rds_csi {

absl::StatusOr<DeviceNumber> ParseDeviceNumber(std::string_view text) {
  if (const std::optional<DeviceNumber> number = FindDeviceNumber(text)) return *number;
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is no device number (major:minor)", Quoted(text)));
}

std::string TemporaryNameOf(const std::string& path) { return path + ".new"; }

absl::Status RemoveReplaced(Files& files, const std::string& path) {
  for (const std::string& file : {TemporaryNameOf(path), path}) {
    const absl::Status removed = files.RemoveFile(file);
    if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  }
  return absl::OkStatus();
}

}  // namespace rds_csi
