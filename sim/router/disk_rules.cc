// SPDX-License-Identifier: Apache-2.0
#include "sim/router/disk_rules.h"

#include <algorithm>
#include <array>

#include "sim/base/status_macros.h"
#include "sim/router/pools.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

absl::Status CheckSlot(const Machine& machine, const Disk& disk) {
  const Disk* other = machine.disks.FindSlot(disk.slot);
  if (other == nullptr || other->id == disk.id) return absl::OkStatus();
  return Failure("disk with the same slot already exists");
}

absl::Status CheckExport(const Machine& machine, const Disk& disk) {
  if (!disk.nvme_export) return absl::OkStatus();
  const Disk* other = machine.disks.FindExport(disk.nqn());
  if (other == nullptr || other->id == disk.id) return absl::OkStatus();
  return Failure("nvme-tcp-server-nqn is already exported");
}

absl::Status CheckComment(const Machine& machine, const Disk& disk) {
  const uint64_t limit = machine.switches.Number("comment-limit");
  return limit != 0 && disk.comment.size() > limit ? InvalidValue("comment") : absl::OkStatus();
}

absl::Status CheckShared(const Machine& machine, const Disk& disk) {
  SIM_RETURN_IF_ERROR(CheckSlot(machine, disk));
  SIM_RETURN_IF_ERROR(CheckExport(machine, disk));
  return CheckComment(machine, disk);
}

}  // namespace

absl::Status CheckNew(const Machine& machine, const Disk& disk) {
  if (!disk.is_file()) return NotSimulated("disks of type " + disk.type);
  if (!machine.schema.HasArgument("/disk", "add", "file-path")) return NoMatchingValue("type");
  if (disk.file_path.empty()) return MissingArgument("file-path");
  if (disk.file_size == 0 && machine.switches.Is("existing-file", "refuse")) {
    return MissingArgument("file-size");
  }
  if (disk.nvme_export && machine.switches.Is("add-and-export", "refuse")) {
    return Failure("can not export a disk that is not ready");
  }
  if (machine.disks.FindFile(disk.file_path) != nullptr) return Failure("file is already in use");
  if (PoolOf(machine, disk.file_path) == nullptr) return Failure("no such file or directory");
  return CheckShared(machine, disk);
}

absl::Status CheckChange(const Machine& machine, const Disk& before, const Disk& after) {
  if (after.type != before.type) return Failure("can not change type");
  if (after.file_path != before.file_path) return Failure("can not change file-path");
  if (after.file_size < before.file_size) return Failure("can not shrink file");
  if (!before.is_file() && (after.slot != before.slot || after.nvme_export)) {
    return Failure("disk is in use");
  }
  return CheckShared(machine, after);
}

Record OnlyKnownProperties(const Schema& schema, Record record) {
  // The settings that came after 7.16; everything else rds-sim shows was there before.
  static constexpr std::array<std::string_view, 7> kNewer = {
      "mount-filesystem",    "mount-read-only", "compress", "swap",
      "nvme-tcp-server-nqn", "file-path",       "file-size"};
  const SchemaNode* set = schema.Find("/disk/set");
  const auto unknown = [&](const Property& property) {
    return std::find(kNewer.begin(), kNewer.end(), property.name) != kNewer.end() &&
           set->Find(property.name) == nullptr;
  };
  auto& properties = record.properties;
  properties.erase(std::remove_if(properties.begin(), properties.end(), unknown), properties.end());
  return record;
}

}  // namespace rds_csi::sim
