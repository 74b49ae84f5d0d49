// SPDX-License-Identifier: Apache-2.0
#include "model/storage_class.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/status.h"
#include "base/text.h"
#include "model/address.h"
#include "model/fields.h"
#include "model/name.h"
#include "model/paths.h"

namespace rds_csi {
namespace {

constexpr std::string_view kProvisionerFsType = "csi.storage.k8s.io/fstype";
constexpr size_t kLongestRdsDirectory = 200;

const std::vector<std::string_view>& OwnKeys() {
  static const auto& keys = *new std::vector<std::string_view>{
      "volumePath",   "nvmeAddress",   "nvmePort",
      "fsType",       "ctrlLossTmo",   "reconnectDelay",
      "keepAliveTmo", "anchorSeconds", "migrationTimeoutSeconds"};
  return keys;
}

absl::Status CheckKeys(const Fields& fields, const StringMap& parameters) {
  const std::vector<std::string_view>& own = OwnKeys();
  const std::vector<std::string>& passed = PassedOnKeys();
  for (const auto& [key, value] : parameters) {
    const bool known = std::find(own.begin(), own.end(), key) != own.end() ||
                       std::find(passed.begin(), passed.end(), key) != passed.end() ||
                       key == kProvisionerFsType;
    if (!known) {
      return fields.Refuse(key, fmt::format("unknown; the parameters of this driver are {} and {}",
                                            fmt::join(own, ", "), kProvisionerFsType));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadFsType(const Fields& fields, std::string& fs_type) {
  std::string provisioner;
  RETURN_IF_ERROR(fields.Read(std::string(kProvisionerFsType), ParseFsType, provisioner));
  fs_type = provisioner;
  RETURN_IF_ERROR(fields.Read("fsType", ParseFsType, fs_type));
  if (!provisioner.empty() && provisioner != fs_type) {
    return fields.Refuse("fsType", fmt::format("{} contradicts {} = {}", Quoted(fs_type),
                                               kProvisionerFsType, Quoted(provisioner)));
  }
  return absl::OkStatus();
}

absl::Status ReadVolumePath(const Fields& fields, const std::vector<std::string>& base_paths,
                            std::string& volume_path) {
  if (!base_paths.empty()) volume_path = base_paths.front();
  RETURN_IF_ERROR(fields.Read("volumePath", ParseRdsDirectory, volume_path));
  const bool allowed = std::any_of(
      base_paths.begin(), base_paths.end(),
      [&](const std::string& base) { return volume_path == base || IsBelow(volume_path, base); });
  if (!allowed) {
    return fields.Refuse("volumePath",
                         fmt::format("{} is not below a directory that the controller may use ({})",
                                     Quoted(volume_path), Join(base_paths, ", ")));
  }
  return absl::OkStatus();
}

absl::Status NotADirectory(std::string_view text, std::string_view reason) {
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is not a directory on the RDS: {}", Quoted(text), reason));
}

}  // namespace

const std::vector<std::string>& PassedOnKeys() {
  static const auto& keys = *new std::vector<std::string>{"csi.storage.k8s.io/pvc/name",
                                                          "csi.storage.k8s.io/pvc/namespace",
                                                          "csi.storage.k8s.io/pv/name"};
  return keys;
}

absl::Status ReadPassedOn(const Fields& fields, StringMap& passed_on) {
  for (const std::string& key : PassedOnKeys()) {
    if (!fields.Has(key)) continue;
    RETURN_IF_ERROR(fields.Read(key, ParseKubernetesName, passed_on[key]));
  }
  return absl::OkStatus();
}

absl::StatusOr<StorageClass> ParseStorageClass(const StringMap& parameters,
                                               const std::vector<std::string>& base_paths) {
  const Fields fields("parameter", parameters);
  RETURN_IF_ERROR(CheckKeys(fields, parameters));
  StorageClass result;
  RETURN_IF_ERROR(ReadVolumePath(fields, base_paths, result.volume_path));
  RETURN_IF_ERROR(fields.Read("nvmeAddress", ParseHost, result.nvme_address));
  RETURN_IF_ERROR(fields.Read("nvmePort", ParsePort, result.nvme_port));
  RETURN_IF_ERROR(ReadFsType(fields, result.fs_type));
  RETURN_IF_ERROR(
      ReadTimeouts(fields, TooHigh::kRefuse, result.timeouts, result.migration_timeout_seconds));
  RETURN_IF_ERROR(ReadPassedOn(fields, result.passed_on));
  return result;
}

absl::StatusOr<std::string> ParseRdsDirectory(std::string_view text) {
  if (!text.starts_with('/')) return NotADirectory(text, "it does not begin with '/'");
  if (text.size() > kLongestRdsDirectory) {
    return NotADirectory(text, fmt::format("it has {} characters, at most {} are allowed",
                                           text.size(), kLongestRdsDirectory));
  }
  for (const std::string_view part : Split(text.substr(1), '/')) {
    const absl::Status status = CheckName(part, "directory", kLongestRdsDirectory);
    if (!status.ok()) return NotADirectory(text, Message(status));
  }
  return std::string(text);
}

}  // namespace rds_csi
