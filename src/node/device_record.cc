// SPDX-License-Identifier: Apache-2.0
#include "node/device_record.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"
#include "node/target_path.h"

namespace rds_csi {
namespace {

constexpr uint32_t kRecordMode = 0600;

std::string RecordPath(const std::string& staging_path) { return staging_path + "/device"; }

}  // namespace

absl::Status WriteDeviceRecord(Files& files, const std::string& staging_path,
                               const std::string& device) {
  RETURN_IF_ERROR(files.MakeDirectories(staging_path, kDirectoryMode));
  return files.Replace(RecordPath(staging_path), device, kRecordMode);
}

absl::StatusOr<std::optional<std::string>> FindDeviceRecord(Files& files,
                                                            const std::string& staging_path) {
  const std::string path = RecordPath(staging_path);
  const absl::StatusOr<std::string> text = files.Read(path);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) return text.status();
  std::string device(Trim(*text));
  if (!device.starts_with("/dev/nvme") || device.find('/', 5) != std::string::npos) {
    return absl::InternalError(fmt::format("{} holds {}, no NVMe device", path, Quoted(device)));
  }
  return device;
}

absl::Status RemoveDeviceRecord(Files& files, const std::string& staging_path) {
  return RemoveReplaced(files, RecordPath(staging_path));
}

}  // namespace rds_csi
