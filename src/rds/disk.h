// SPDX-License-Identifier: Apache-2.0
// A row of /disk that this driver reads: a volume's disk, or a pool that files live in.
#ifndef RDS_CSI_RDS_DISK_H_
#define RDS_CSI_RDS_DISK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rds/command.h"

namespace rds_csi {

// A disk of type=file.
struct FileDisk {
  std::string id;  // .id, "*1F"; valid until the RDS restarts
  std::string slot;
  std::string file_path;   // with a leading slash
  int64_t size_bytes = 0;  // exact
  bool exported = false;
  uint16_t port = 0;       // nvme-tcp-server-port; 0 when there is none
  std::string nqn;         // nvme-tcp-server-nqn
  std::string allow_host;  // nvme-tcp-server-allow-host-name; empty admits everybody
  std::string comment;
};

// A mounted filesystem of the RDS.
struct Pool {
  std::string mount_point;  // "storage-pool", without a slash
  std::string fs;           // "btrfs", "xfs", "ext4"
  std::string state;        // "clean", "sync:…"; empty when the RDS names none
  int64_t size_bytes = 0;
  int64_t free_bytes = 0;
};

// The properties to ask for, so that an answer holds what the parsers below need and no more.
const std::vector<std::string>& DiskProperties();

// Any row: none when it is neither a file disk nor a mounted filesystem.
// INTERNAL naming slot and property: a field is missing or malformed.
absl::StatusOr<std::optional<FileDisk>> ParseFileDisk(const RosRecord& record);
absl::StatusOr<std::optional<Pool>> ParsePool(const RosRecord& record);

// "true"/"yes" and "false"/"no", as one or the other door writes it; none otherwise.
std::optional<bool> ParseRosBool(std::string_view text);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_DISK_H_
