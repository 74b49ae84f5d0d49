// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <ctime>

#include "sim/base/status_macros.h"
#include "sim/base/units.h"
#include "sim/base/uuid.h"
#include "sim/router/commands.h"
#include "sim/router/disk_settings.h"
#include "sim/router/pools.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

std::string PathOf(const Subvolume& subvolume) {
  return fmt::format("/{}/{}", subvolume.fs, subvolume.name);
}

Record RecordOf(const Subvolume& subvolume) {
  Record record{.id = FormatId(subvolume.id), .properties = {}};
  record.Add("read-only", Value::YesNo(subvolume.read_only));
  record.Add("snapshot", Value::Flag(!subvolume.parent.empty()));
  record.Add("fs", Value::Text(subvolume.fs));
  record.Add("name", Value::Text(subvolume.name));
  record.Add("fullname", Value::Text(subvolume.name));
  record.Add("parent", Value::Text(subvolume.parent));
  record.Add("uuid", Value::Word(subvolume.uuid));
  record.Add("subvolume-id", Value::Plain(255 + subvolume.id));
  record.Add("creation-time", Value::Word(FormatTime(subvolume.created)));
  return record;
}

const Subvolume* FindNamed(const Machine& machine, std::string_view fs, std::string_view name) {
  for (const auto& [id, subvolume] : machine.subvolumes) {
    if (subvolume.fs == fs && subvolume.name == name) return &subvolume;
  }
  return nullptr;
}

absl::StatusOr<std::vector<uint64_t>> Targets(const Machine& machine, const Command& command) {
  const auto names = command.Targets();
  if (!names) return MissingArgument("numbers");
  if (names->empty() && machine.switches.Is("empty-find", "no-such-item")) return NoSuchItem();
  std::vector<uint64_t> ids;
  for (const std::string& name : *names) {
    if (machine.subvolumes.count(ParseId(name)) == 0) return NoSuchItem();
    ids.push_back(ParseId(name));
  }
  return ids;
}

absl::StatusOr<Subvolume> NewSubvolume(const Machine& machine, const Command& command) {
  const auto fs = command.Find("fs");
  const auto name = command.Find("name");
  if (!fs) return MissingArgument("fs");
  if (!name) return MissingArgument("name");
  const Disk* pool = machine.disks.FindSlot(*fs);
  if (pool == nullptr || pool->fs != "btrfs" || !pool->mounted) return NoMatchingValue("fs");
  SIM_ASSIGN_OR_RETURN(const std::string path, NormalFilePath(*name, "name"));
  return Subvolume{
      .id = 0,
      .fs = *fs,
      .name = path.substr(1),
      .parent = command.Find("parent").value_or(""),
      .uuid = RandomUuid(),
      .read_only = ParseYesNo(command.Find("read-only").value_or("no")).value_or(false),
      .created = std::time(nullptr)};
}

absl::Status MakeContents(Machine& machine, const Subvolume& subvolume) {
  if (machine.files.Stat(PathOf(subvolume))) return Failure("File exists");
  if (subvolume.parent.empty()) return machine.files.MakeDirectory(PathOf(subvolume));
  const Subvolume* parent = FindNamed(machine, subvolume.fs, subvolume.parent);
  if (parent == nullptr) return NoMatchingValue("parent");
  return machine.files.Copy(PathOf(*parent), PathOf(subvolume));
}

absl::Status CheckUnused(const Machine& machine, const Subvolume& subvolume) {
  const std::string inside = PathOf(subvolume) + "/";
  for (const auto& [id, disk] : machine.disks.rows()) {
    if (disk.is_file() && disk.file_path.rfind(inside, 0) == 0) {
      return Failure("Device or resource busy");
    }
  }
  return absl::OkStatus();
}

Record FilesystemRecord(const Machine& machine, const Disk& pool) {
  Record record{.id = FormatId(pool.id), .properties = {}};
  record.Add("label", Value::Text(pool.slot));
  record.Add("uuid", Value::Word(pool.fs_uuid));
  record.Add("default-subvolume", Value::Text(""));
  record.Add("devices", Value::Text(pool.slot));
  record.Add("size", Value::Number(pool.size));
  record.Add("free", Value::Number(FreeBytes(machine, pool)));
  record.Add("mounted", Value::Flag(pool.mounted));
  return record;
}

}  // namespace

absl::StatusOr<Reply> AddSubvolume(Machine& machine, const Command& command) {
  SIM_ASSIGN_OR_RETURN(Subvolume subvolume, NewSubvolume(machine, command));
  SIM_RETURN_IF_ERROR(MakeContents(machine, subvolume));
  subvolume.id = machine.next_subvolume++;
  Reply reply;
  reply.result = FormatId(subvolume.id);
  machine.subvolumes.emplace(subvolume.id, std::move(subvolume));
  return reply;
}

absl::StatusOr<Reply> SetSubvolumes(Machine& machine, const Command& command) {
  SIM_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, Targets(machine, command));
  const auto read_only = command.Find("read-only");
  if (!read_only) return NotSimulated("changes of a subvolume other than read-only");
  const auto value = ParseYesNo(*read_only);
  if (!value) return NoMatchingValue("read-only");
  for (const uint64_t id : ids) machine.subvolumes.at(id).read_only = *value;
  return Reply();
}

absl::StatusOr<Reply> RemoveSubvolumes(Machine& machine, const Command& command) {
  SIM_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, Targets(machine, command));
  for (const uint64_t id : ids) {
    const Subvolume& subvolume = machine.subvolumes.at(id);
    SIM_RETURN_IF_ERROR(CheckUnused(machine, subvolume));
    machine.files.Remove(PathOf(subvolume)).IgnoreError();  // somebody may have removed the files
    machine.subvolumes.erase(id);
  }
  return Reply();
}

absl::StatusOr<Reply> PrintSubvolumes(Machine& machine, const Command& command) {
  Reply reply;
  for (const auto& [id, subvolume] : machine.subvolumes) {
    Record record = RecordOf(subvolume);
    if (command.where.Holds(record)) reply.rows.push_back(std::move(record));
  }
  return reply;
}

absl::StatusOr<Reply> GetSubvolume(Machine& machine, const Command& command) {
  SIM_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids, Targets(machine, command));
  Reply reply;
  for (const uint64_t id : ids) reply.rows.push_back(RecordOf(machine.subvolumes.at(id)));
  return GetFrom(std::move(reply), command);
}

absl::StatusOr<Reply> PrintFilesystems(Machine& machine, const Command& command) {
  Reply reply;
  for (const uint64_t id : machine.disks.pools()) {
    const Disk& pool = *machine.disks.Find(id);
    if (pool.fs != "btrfs") continue;
    Record record = FilesystemRecord(machine, pool);
    if (command.where.Holds(record)) reply.rows.push_back(std::move(record));
  }
  return reply;
}

absl::StatusOr<Reply> GetFilesystem(Machine& machine, const Command& command) {
  Command by_id = command;
  const auto names = command.Targets();
  if (!names || names->empty()) return MissingArgument("number");
  by_id.where =
      Condition::Either(Condition::Compare(Condition::Op::kEqual, ".id", names->front()),
                        Condition::Compare(Condition::Op::kEqual, "label", names->front()));
  return GetFrom(PrintFilesystems(machine, by_id), command);
}

}  // namespace rds_csi::sim
