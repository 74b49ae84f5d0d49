// SPDX-License-Identifier: Apache-2.0
#include "rds/disk.h"

#include <fmt/format.h>

#include <limits>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

// Empty when the row has no such property.
std::string Text(const RosRecord& record, const std::string& property) {
  const auto found = record.find(property);
  return found == record.end() ? "" : found->second;
}

absl::Status Malformed(const RosRecord& record, std::string_view property) {
  const auto found = record.find(std::string(property));
  const std::string what =
      found == record.end() ? "is missing" : fmt::format("is {}", Quoted(found->second));
  return Error(absl::StatusCode::kInternal,
               fmt::format("RDS: /disk row of slot {}: {} {}", Quoted(Text(record, "slot")),
                           property, what));
}

absl::StatusOr<std::string> NotEmpty(const RosRecord& record, const std::string& property) {
  std::string text = Text(record, property);
  if (text.empty()) return Malformed(record, property);
  return text;
}

absl::StatusOr<int64_t> Bytes(const RosRecord& record, const std::string& property) {
  const std::optional<int64_t> bytes = ParseInt64(Text(record, property));
  if (!bytes || *bytes < 0) return Malformed(record, property);
  return *bytes;
}

absl::StatusOr<uint16_t> Port(const RosRecord& record, const std::string& property) {
  const std::string text = Text(record, property);
  if (text.empty()) return uint16_t{0};
  const std::optional<int64_t> port = ParseInt64(text);
  if (!port || *port < 0 || *port > std::numeric_limits<uint16_t>::max()) {
    return Malformed(record, property);
  }
  return static_cast<uint16_t>(*port);
}

}  // namespace

const std::vector<std::string>& DiskProperties() {
  static const auto& properties =
      *new std::vector<std::string>{".id",         "slot",
                                    "type",        "file-path",
                                    "size",        "nvme-tcp-export",
                                    "comment",     "nvme-tcp-server-port",
                                    "fs",          "nvme-tcp-server-nqn",
                                    "mount-point", "nvme-tcp-server-allow-host-name",
                                    "state",       "free"};
  return properties;
}

absl::StatusOr<std::optional<FileDisk>> ParseFileDisk(const RosRecord& record) {
  if (Text(record, "type") != "file") return std::nullopt;
  FileDisk disk;
  ASSIGN_OR_RETURN(disk.id, NotEmpty(record, ".id"));
  ASSIGN_OR_RETURN(disk.slot, NotEmpty(record, "slot"));
  ASSIGN_OR_RETURN(disk.file_path, NotEmpty(record, "file-path"));
  if (disk.file_path.front() != '/') disk.file_path.insert(0, 1, '/');
  ASSIGN_OR_RETURN(disk.size_bytes, Bytes(record, "size"));
  const std::optional<bool> exported = ParseRosBool(Text(record, "nvme-tcp-export"));
  if (!exported) return Malformed(record, "nvme-tcp-export");
  disk.exported = *exported;
  ASSIGN_OR_RETURN(disk.port, Port(record, "nvme-tcp-server-port"));
  disk.nqn = Text(record, "nvme-tcp-server-nqn");
  disk.allow_host = Text(record, "nvme-tcp-server-allow-host-name");
  disk.comment = Text(record, "comment");
  return disk;
}

absl::StatusOr<std::optional<Pool>> ParsePool(const RosRecord& record) {
  Pool pool;
  pool.mount_point = Text(record, "mount-point");
  if (pool.mount_point.empty() || Text(record, "type") == "file") return std::nullopt;
  if (ParseRosBool(Text(record, "mounted")) == false) return std::nullopt;
  if (pool.mount_point.front() == '/') pool.mount_point.erase(0, 1);
  pool.fs = Text(record, "fs");
  pool.state = Text(record, "state");
  ASSIGN_OR_RETURN(pool.size_bytes, Bytes(record, "size"));
  ASSIGN_OR_RETURN(pool.free_bytes, Bytes(record, "free"));
  return pool;
}

std::optional<bool> ParseRosBool(std::string_view text) {
  if (text == "true" || text == "yes") return true;
  if (text == "false" || text == "no") return false;
  return std::nullopt;
}

}  // namespace rds_csi
