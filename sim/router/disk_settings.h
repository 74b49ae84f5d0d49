// SPDX-License-Identifier: Apache-2.0
// The arguments of /disk add and set, checked one by one and put into a row.
#ifndef RDS_CSI_SIM_ROUTER_DISK_SETTINGS_H_
#define RDS_CSI_SIM_ROUTER_DISK_SETTINGS_H_

#include <string_view>

#include "absl/status/status.h"
#include "sim/router/command.h"
#include "sim/router/disk.h"

namespace rds_csi::sim {

// Slots hold at most this many characters (seen on 7.24).
inline constexpr size_t kMaxSlot = 32;

// Applies every property among the arguments (not `numbers`, `.id`, `copy-from`). On an error the
// row is half changed: work on a copy.
absl::Status ApplySettings(const Command& command, Disk& disk);

// "storage-pool/x.img" and "/storage-pool//x.img" → "/storage-pool/x.img". INVALID_ARGUMENT when a
// part of it is "." or "..", or nothing is left.
absl::StatusOr<std::string> NormalFilePath(std::string_view path, std::string_view argument);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_DISK_SETTINGS_H_
