// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/base/status_macros.h"
#include "sim/base/uuid.h"
#include "sim/router/commands.h"
#include "sim/router/disk_rules.h"
#include "sim/router/disk_selection.h"
#include "sim/router/disk_settings.h"
#include "sim/router/exports.h"
#include "sim/router/pools.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

// What RouterOS's generic `copy-from` gives: the other row's settings as defaults. Its export is
// left off: two exports of one NQN cannot be.
absl::StatusOr<Disk> Template(const Machine& machine, const Command& command) {
  const auto source = command.Find("copy-from");
  if (!source) return Disk();
  Command lookup;
  lookup.arguments["numbers"] = *source;
  SIM_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, TargetDisks(machine, lookup));
  if (ids.empty()) return NoSuchItem();
  Disk disk = *machine.disks.Find(ids.front());
  disk.id = 0;
  disk.slot.clear();
  disk.nvme_export = false;
  disk.nvme_nqn.clear();
  return disk;
}

std::string UnusedSlot(const DiskTable& disks) {
  for (uint64_t n = 1;; ++n) {
    std::string slot = fmt::format("file{}", n);
    if (disks.FindSlot(slot) == nullptr) return slot;
  }
}

// Whether the file was made here and so has to go when the add fails later.
absl::StatusOr<bool> ProvideFile(Machine& machine, Disk& disk) {
  const auto existing = machine.files.Stat(disk.file_path);
  if (!existing) {
    SIM_RETURN_IF_ERROR(machine.files.Create(disk.file_path, disk.file_size));
    return true;
  }
  if (existing->directory || machine.switches.Is("existing-file", "refuse")) {
    return Failure("file already exists");
  }
  if (disk.file_size > existing->size) {
    SIM_RETURN_IF_ERROR(machine.files.Resize(disk.file_path, disk.file_size));
  }
  disk.file_size = std::max(disk.file_size, existing->size);
  return false;
}

absl::Status ProvideDirectory(Machine& machine, const Disk& disk) {
  const std::string parent = disk.file_path.substr(0, disk.file_path.rfind('/'));
  const auto existing = machine.files.Stat(parent);
  if (existing && existing->directory) return absl::OkStatus();
  if (machine.switches.Is("missing-directory", "refuse")) {
    return Failure("no such file or directory");
  }
  return machine.files.MakeDirectory(parent);
}

absl::Status Store(Machine& machine, Disk& disk) {
  SIM_RETURN_IF_ERROR(CheckSpace(machine, disk.file_path, 0, disk.file_size));
  SIM_RETURN_IF_ERROR(ProvideDirectory(machine, disk));
  SIM_ASSIGN_OR_RETURN(const bool made, ProvideFile(machine, disk));
  absl::Status exported = ChangeExport(machine, nullptr, &disk);
  if (!exported.ok() && made) machine.files.Remove(disk.file_path).IgnoreError();
  return exported;
}

absl::Status Change(Machine& machine, const Disk& before, Disk after) {
  SIM_RETURN_IF_ERROR(CheckChange(machine, before, after));
  if (after.file_size != before.file_size) {
    SIM_RETURN_IF_ERROR(CheckSpace(machine, after.file_path, before.file_size, after.file_size));
    SIM_RETURN_IF_ERROR(machine.files.Resize(after.file_path, after.file_size));
  }
  SIM_RETURN_IF_ERROR(ChangeExport(machine, &before, &after));
  machine.disks.Replace(std::move(after));
  return absl::OkStatus();
}

template <typename Edit>
absl::StatusOr<Reply> ChangeEach(Machine& machine, const Command& command, const Edit& edit) {
  SIM_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, TargetDisks(machine, command));
  for (const uint64_t id : ids) {
    const Disk before = *machine.disks.Find(id);
    Disk after = before;
    SIM_RETURN_IF_ERROR(edit(after));
    SIM_RETURN_IF_ERROR(Change(machine, before, std::move(after)));
  }
  return Reply();
}

absl::Status SetDisabled(Disk& disk, bool disabled) {
  disk.disabled = disabled;
  return absl::OkStatus();
}

absl::Status Unset(Disk& disk, const std::string& name) {
  if (name == "comment") {
    disk.comment.clear();
  } else if (name == "nvme-tcp-server-nqn") {
    disk.nvme_nqn.clear();
  } else if (name == "nvme-tcp-server-allow-host-name") {
    disk.nvme_allow_host.clear();
  } else if (disk.other.erase(name) == 0) {
    return NoMatchingValue("value-name");
  }
  return absl::OkStatus();
}

Record RecordOf(const Machine& machine, const Disk& disk) {
  const uint64_t free = disk.is_file() ? 0 : FreeBytes(machine, disk);
  return OnlyKnownProperties(machine.schema, DiskRecord(disk, free));
}

}  // namespace

absl::StatusOr<Reply> AddDisk(Machine& machine, const Command& command) {
  if (!command.Find("type") && !command.Find("copy-from")) return MissingArgument("type");
  SIM_ASSIGN_OR_RETURN(Disk disk, Template(machine, command));
  SIM_RETURN_IF_ERROR(ApplySettings(command, disk));
  if (disk.slot.empty()) disk.slot = UnusedSlot(machine.disks);
  SIM_RETURN_IF_ERROR(CheckNew(machine, disk));
  disk.namespace_uuid =
      UuidFrom(fmt::format("{}/{}/{}", machine.seed, machine.disks.next_id(), disk.slot));
  SIM_RETURN_IF_ERROR(Store(machine, disk));
  Reply reply;
  reply.result = FormatId(machine.disks.Insert(std::move(disk)));
  return reply;
}

absl::StatusOr<Reply> SetDisks(Machine& machine, const Command& command) {
  return ChangeEach(machine, command, [&](Disk& disk) { return ApplySettings(command, disk); });
}

absl::StatusOr<Reply> UnsetDisks(Machine& machine, const Command& command) {
  const std::string name = command.Find("value-name").value_or("");
  return ChangeEach(machine, command, [&](Disk& disk) { return Unset(disk, name); });
}

absl::StatusOr<Reply> EnableDisks(Machine& machine, const Command& command) {
  return ChangeEach(machine, command, [](Disk& disk) { return SetDisabled(disk, false); });
}

absl::StatusOr<Reply> DisableDisks(Machine& machine, const Command& command) {
  return ChangeEach(machine, command, [](Disk& disk) { return SetDisabled(disk, true); });
}

absl::StatusOr<Reply> RemoveDisks(Machine& machine, const Command& command) {
  SIM_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, TargetDisks(machine, command));
  for (const uint64_t id : ids) {
    const Disk* disk = machine.disks.Find(id);
    if (disk == nullptr) continue;  // named twice
    if (!disk->is_file()) return Failure("disk is in use");
    if (disk->nvme_export && machine.switches.Is("remove-exported", "refuse")) {
      return Failure("disk is in use");
    }
    SIM_RETURN_IF_ERROR(ChangeExport(machine, disk, nullptr));
    machine.disks.Erase(id);
  }
  return Reply();
}

absl::StatusOr<Reply> PrintDisks(Machine& machine, const Command& command) {
  Reply reply;
  const auto consider = [&](const Disk& disk) {
    Record record = RecordOf(machine, disk);
    if (!command.where.Holds(record)) return;
    record.properties.shrink_to_fit();  // half of it is room to grow, ten thousand times
    reply.rows.push_back(std::move(record));
  };
  if (const auto candidates = Candidates(machine.disks, command.where)) {
    for (const uint64_t id : *candidates) consider(*machine.disks.Find(id));
  } else {
    for (const auto& [id, disk] : machine.disks.rows()) consider(disk);
  }
  return reply;
}

absl::StatusOr<Reply> GetDisk(Machine& machine, const Command& command) {
  SIM_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, TargetDisks(machine, command));
  Reply reply;
  for (const uint64_t id : ids) reply.rows.push_back(RecordOf(machine, *machine.disks.Find(id)));
  return GetFrom(std::move(reply), command);
}

}  // namespace rds_csi::sim
