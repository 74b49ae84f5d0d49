// SPDX-License-Identifier: Apache-2.0
#include "sim/router/disk_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "sim/base/status_macros.h"
#include "sim/base/units.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

using Setter = absl::Status (*)(std::string_view value, Disk& disk);

constexpr std::array<std::string_view, 11> kTypes = {"raid",    "nvme-tcp",  "iscsi", "nfs",
                                                     "smb",     "partition", "tmpfs", "ramdisk",
                                                     "crypted", "sshfs",     "file"};

absl::Status SetYesNo(std::string_view name, std::string_view value, bool& field) {
  const auto parsed = ParseYesNo(value);
  if (!parsed) return NoMatchingValue(name);
  field = *parsed;
  return absl::OkStatus();
}

absl::Status SetType(std::string_view value, Disk& disk) {
  if (std::find(kTypes.begin(), kTypes.end(), value) == kTypes.end())
    return NoMatchingValue("type");
  disk.type = value;
  return absl::OkStatus();
}

absl::Status SetSlot(std::string_view value, Disk& disk) {
  if (value.size() > kMaxSlot) return Failure("slot name too long (max 32 characters)");
  if (value.empty()) return InvalidValue("slot");
  disk.slot = value;
  return absl::OkStatus();
}

absl::Status SetFilePath(std::string_view value, Disk& disk) {
  SIM_ASSIGN_OR_RETURN(disk.file_path, NormalFilePath(value, "file-path"));
  return absl::OkStatus();
}

absl::Status SetFileSize(std::string_view value, Disk& disk) {
  const auto size = ParseSize(value);
  if (!size || *size == 0) return InvalidValue("file-size");
  disk.file_size = *size;
  return absl::OkStatus();
}

absl::Status SetFileOffset(std::string_view value, Disk&) {
  const auto offset = ParseSize(value);
  if (!offset) return InvalidValue("file-offset");
  return *offset == 0 ? absl::OkStatus() : NotSimulated("a file-offset other than 0");
}

absl::Status SetPort(std::string_view value, Disk& disk) {
  const auto port = ParseNumber(value);
  if (!port || *port == 0 || *port > 65535) return InvalidValue("nvme-tcp-server-port");
  disk.nvme_port = *port;
  return absl::OkStatus();
}

// An NQN has at most 223 bytes (NVMe base specification); what RouterOS makes of longer ones is
// not known, the kernel's target refuses them.
absl::Status SetNqn(std::string_view value, Disk& disk) {
  if (value.size() > 223) return InvalidValue("nvme-tcp-server-nqn");
  disk.nvme_nqn = value;
  return absl::OkStatus();
}

const std::map<std::string_view, Setter>& Setters() {
  static const std::map<std::string_view, Setter> kSetters = {
      {"type", SetType},
      {"slot", SetSlot},
      {"file-path", SetFilePath},
      {"file-size", SetFileSize},
      {"file-offset", SetFileOffset},
      {"nvme-tcp-server-port", SetPort},
      {"nvme-tcp-server-nqn", SetNqn},
      {"comment",
       [](std::string_view value, Disk& disk) {
         disk.comment = value;
         return absl::OkStatus();
       }},
      {"disabled",
       [](std::string_view v, Disk& disk) { return SetYesNo("disabled", v, disk.disabled); }},
      {"mount-filesystem",
       [](std::string_view v, Disk& disk) {
         return SetYesNo("mount-filesystem", v, disk.mount_filesystem);
       }},
      {"nvme-tcp-export",
       [](std::string_view v, Disk& disk) {
         return SetYesNo("nvme-tcp-export", v, disk.nvme_export);
       }},
      {"nvme-tcp-server-allow-host-name",
       [](std::string_view value, Disk& disk) {
         disk.nvme_allow_host = value;
         return absl::OkStatus();
       }},
  };
  return kSetters;
}

bool NamesRows(std::string_view argument) {
  static const std::set<std::string_view> kNames = {"numbers", ".id", "number", "copy-from"};
  return kNames.count(argument) != 0;
}

}  // namespace

absl::Status ApplySettings(const Command& command, Disk& disk) {
  for (const auto& [name, value] : command.arguments) {
    if (NamesRows(name)) continue;
    const auto setter = Setters().find(name);
    if (setter == Setters().end()) {
      disk.other[name] = value;
    } else {
      SIM_RETURN_IF_ERROR(setter->second(value, disk));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> NormalFilePath(std::string_view path, std::string_view argument) {
  std::string normal;
  for (const std::string& part : SplitList(path, '/')) {
    if (part == "." || part == ".." || part.find('\0') != std::string::npos) {
      return InvalidValue(argument);
    }
    normal += '/';
    normal += part;
  }
  if (normal.empty()) return InvalidValue(argument);
  return normal;
}

}  // namespace rds_csi::sim
