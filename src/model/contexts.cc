// SPDX-License-Identifier: Apache-2.0
#include "model/contexts.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"
#include "model/fields.h"

namespace rds_csi {
namespace {

void PutUnlessEmpty(const std::string& key, const std::string& value, StringMap& map) {
  if (!value.empty()) map[key] = value;
}

// The NQN follows from the volume id; one that differs would lead to another volume's data.
absl::Status CheckNqn(const VolumeId& volume, const Fields& fields, const std::string& key) {
  if (!fields.Has(key) || fields.Get(key) == volume.Nqn()) return absl::OkStatus();
  return fields.Refuse(key, fmt::format("{} is not the NQN of volume {}, which is {}",
                                        Quoted(fields.Get(key)), volume.str(), volume.Nqn()));
}

absl::StatusOr<std::string> ParseOldDirectory(std::string_view text) {
  if (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  return ParseRdsDirectory(text);
}

absl::StatusOr<VolumeContext> ReadVolumeContext(const VolumeId& volume, const Fields& fields) {
  VolumeContext context;
  context.nvme.port = kDefaultNvmePort;
  RETURN_IF_ERROR(CheckNqn(volume, fields, "nqn"));
  RETURN_IF_ERROR(fields.Read("rdsAddress", ParseHost, context.rds_address));
  RETURN_IF_ERROR(fields.Read("nvmeAddress", ParseHost, context.nvme.host));
  RETURN_IF_ERROR(fields.Read("nvmePort", ParsePort, context.nvme.port));
  RETURN_IF_ERROR(fields.Read("volumePath", ParseOldDirectory, context.volume_path));
  RETURN_IF_ERROR(fields.Read("fsType", ParseFsType, context.fs_type));
  RETURN_IF_ERROR(
      ReadTimeouts(fields, TooHigh::kLower, context.timeouts, context.migration_timeout_seconds));
  RETURN_IF_ERROR(ReadPassedOn(fields, context.passed_on));
  return context;
}

absl::StatusOr<int64_t> ParseGeneration(std::string_view text) {
  const std::optional<int64_t> number = ParseInt64(text);
  if (number && *number >= 1 && *number <= kLastGeneration) return *number;
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is not a whole number from 1 to {}", Quoted(text), kLastGeneration));
}

absl::StatusOr<Formatting> ParseFormatting(std::string_view text) {
  if (text == "allowed") return Formatting::kAllowed;
  if (text == "never") return Formatting::kNever;
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is neither \"allowed\" nor \"never\"", Quoted(text)));
}

// host_nqn, host_id, generation and formatting: all of them or, from the former driver, none.
absl::Status ReadAttachment(const Fields& fields, ConnectionTarget& target) {
  const std::vector<std::string> keys = {"host_nqn", "host_id", "generation", "formatting"};
  std::vector<std::string> missing;
  for (const std::string& key : keys) {
    if (!fields.Has(key)) missing.push_back(key);
  }
  if (missing.size() == keys.size()) return absl::OkStatus();
  if (!missing.empty()) {
    return fields.Refuse(missing.front(),
                         fmt::format("missing; {} belong together", Join(keys, ", ")));
  }
  absl::StatusOr<HostIdentity> host =
      ParseHostIdentity(fields.Get("host_nqn"), fields.Get("host_id"));
  if (!host.ok()) {  // its words begin with the key
    return Error(host.status().code(), fmt::format("publish context {}", Message(host.status())));
  }
  target.host = *std::move(host);
  RETURN_IF_ERROR(fields.Read("generation", ParseGeneration, target.generation));
  return fields.Read("formatting", ParseFormatting, target.formatting);
}

absl::Status ReadPublishContext(const VolumeId& volume, const Fields& fields,
                                ConnectionTarget& target) {
  RETURN_IF_ERROR(CheckNqn(volume, fields, "nvme_nqn"));
  RETURN_IF_ERROR(fields.Read("nvme_address", ParseHost, target.address.host));
  RETURN_IF_ERROR(fields.Read("nvme_port", ParsePort, target.address.port));
  if (!fields.Get("fs_type").empty()) {
    RETURN_IF_ERROR(fields.Read("fs_type", ParseFsType, target.fs_type));
  }
  return ReadAttachment(fields, target);
}

}  // namespace

StringMap FormatVolumeContext(const VolumeId& volume, const VolumeContext& context) {
  StringMap map = context.passed_on;
  map["nqn"] = volume.Nqn();
  PutUnlessEmpty("rdsAddress", context.rds_address, map);
  PutUnlessEmpty("nvmeAddress", context.nvme.host, map);
  if (context.nvme.port != 0) map["nvmePort"] = fmt::to_string(context.nvme.port);
  PutUnlessEmpty("volumePath", context.volume_path, map);
  PutUnlessEmpty("fsType", context.fs_type, map);
  WriteTimeouts(context.timeouts, context.migration_timeout_seconds, map);
  return map;
}

absl::StatusOr<VolumeContext> ParseVolumeContext(const VolumeId& volume, const StringMap& map) {
  return ReadVolumeContext(volume, Fields("volume context", map));
}

StringMap FormatPublishContext(const VolumeId& volume, const PublishContext& context) {
  StringMap map = {{"nvme_address", context.nvme.host},
                   {"nvme_port", fmt::to_string(context.nvme.port)},
                   {"nvme_nqn", volume.Nqn()},
                   {"fs_type", context.fs_type}};
  if (context.generation == 0) return map;
  map["host_nqn"] = context.host.nqn;
  map["host_id"] = context.host.id;
  map["generation"] = fmt::to_string(context.generation);
  map["formatting"] = context.formatting == Formatting::kAllowed ? "allowed" : "never";
  return map;
}

absl::StatusOr<ConnectionTarget> ParseContexts(const VolumeId& volume,
                                               const StringMap& publish_context,
                                               const StringMap& volume_context) {
  ASSIGN_OR_RETURN(const VolumeContext older, ParseVolumeContext(volume, volume_context));
  ConnectionTarget target;
  target.address = older.nvme;
  target.nqn = volume.Nqn();
  target.timeouts = older.timeouts;
  target.fs_type = older.fs_type;
  if (target.address.host.empty()) target.address.host = older.rds_address;
  RETURN_IF_ERROR(ReadPublishContext(volume, Fields("publish context", publish_context), target));
  if (target.address.host.empty()) {
    return Error(absl::StatusCode::kInvalidArgument,
                 "neither the publish context (nvme_address) nor the volume context (nvmeAddress) "
                 "says where to connect");
  }
  return target;
}

}  // namespace rds_csi
