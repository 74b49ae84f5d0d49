// SPDX-License-Identifier: Apache-2.0
#include "sim/base/status_macros.h"
#include "sim/base/units.h"
#include "sim/router/commands.h"
#include "sim/router/disk_settings.h"
#include "sim/router/pools.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

// RouterOS names an image's type after its ending, with a blank in it.
std::string TypeOf(const FileInfo& file) {
  if (file.directory) return "directory";
  const size_t dot = file.path.rfind('.');
  if (dot == std::string::npos || file.path.find('/', dot) != std::string::npos) return "file";
  return file.path.substr(dot) + " file";
}

Record RecordOf(Machine& machine, const FileInfo& file) {
  Record record{.id = machine.file_ids.IdOf(file.path), .properties = {}};
  record.Add("name", Value::Word(file.path.substr(1)));
  record.Add("type", Value::Word(TypeOf(file)));
  if (!file.directory) record.Add("size", Value::Size(file.size));
  record.Add("last-modified", Value::Word(FormatTime(file.modified)));
  return record;
}

bool IsVisible(const Machine& machine, const std::string& path) {
  return PoolOf(machine, path) != nullptr;
}

std::vector<FileInfo> FilesFor(const Machine& machine, const Condition& where) {
  std::vector<FileInfo> files;
  if (const auto names = where.OnlyValuesOf("name")) {
    for (const std::string& name : *names) {
      const auto path = NormalFilePath(name, "name");
      if (!path.ok() || !IsVisible(machine, *path)) continue;
      if (auto file = machine.files.Stat(*path)) files.push_back(*file);
    }
    return files;
  }
  for (const uint64_t id : machine.disks.pools()) {
    const Disk& pool = *machine.disks.Find(id);
    if (!pool.mounted) continue;
    for (FileInfo& file : machine.files.ListBelow("/" + pool.slot))
      files.push_back(std::move(file));
  }
  return files;
}

// The paths that `numbers` names, as ids or names; all of them exist.
absl::StatusOr<std::vector<std::string>> TargetPaths(const Machine& machine,
                                                     const Command& command) {
  const auto names = command.Targets();
  if (!names) return MissingArgument("numbers");
  if (names->empty() && machine.switches.Is("empty-find", "no-such-item")) return NoSuchItem();
  std::vector<std::string> paths;
  for (const std::string& name : *names) {
    std::string path = machine.file_ids.PathOf(ParseId(name));
    if (path.empty()) {
      SIM_ASSIGN_OR_RETURN(path, NormalFilePath(name, "numbers"));
    }
    if (!IsVisible(machine, path) || !machine.files.Stat(path)) return NoSuchItem();
    paths.push_back(std::move(path));
  }
  return paths;
}

absl::Status CheckRemovable(const Machine& machine, const std::string& path) {
  if (path.find('/', 1) == std::string::npos) return Failure("disk is in use");  // a pool itself
  if (machine.switches.Is("remove-file-in-use", "allow")) return absl::OkStatus();
  return machine.disks.FindFile(path) == nullptr ? absl::OkStatus() : Failure("file is in use");
}

absl::StatusOr<std::string> NewPath(const Machine& machine, const Command& command) {
  const auto name = command.Find("name");
  if (!name) return MissingArgument("name");
  SIM_ASSIGN_OR_RETURN(std::string path, NormalFilePath(*name, "name"));
  if (!IsVisible(machine, path)) return Failure("no such file or directory");
  if (machine.files.Stat(path)) return Failure("file already exists");
  return path;
}

}  // namespace

absl::StatusOr<Reply> AddFile(Machine& machine, const Command& command) {
  SIM_ASSIGN_OR_RETURN(const std::string path, NewPath(machine, command));
  if (command.Find("type").value_or("file") == "directory") {
    SIM_RETURN_IF_ERROR(machine.files.MakeDirectory(path));
  } else {
    SIM_RETURN_IF_ERROR(machine.files.Create(path, 0));
  }
  Reply reply;
  reply.result = machine.file_ids.IdOf(path);
  return reply;
}

absl::StatusOr<Reply> CopyFile(Machine& machine, const Command& command) {
  SIM_ASSIGN_OR_RETURN(const std::vector<std::string> from, TargetPaths(machine, command));
  if (from.size() != 1) return NoSuchItem();
  SIM_ASSIGN_OR_RETURN(const std::string to, NewPath(machine, command));
  const auto source = machine.files.Stat(from.front());
  SIM_RETURN_IF_ERROR(CheckSpace(machine, to, 0, source->size));
  SIM_RETURN_IF_ERROR(machine.files.Copy(from.front(), to));
  return Reply();
}

absl::StatusOr<Reply> RemoveFiles(Machine& machine, const Command& command) {
  SIM_ASSIGN_OR_RETURN(const std::vector<std::string> paths, TargetPaths(machine, command));
  for (const std::string& path : paths) {
    SIM_RETURN_IF_ERROR(CheckRemovable(machine, path));
    SIM_RETURN_IF_ERROR(machine.files.Remove(path));
    machine.file_ids.Forget(path);
  }
  return Reply();
}

absl::StatusOr<Reply> PrintFiles(Machine& machine, const Command& command) {
  Reply reply;
  for (const FileInfo& file : FilesFor(machine, command.where)) {
    Record record = RecordOf(machine, file);
    if (command.where.Holds(record)) reply.rows.push_back(std::move(record));
  }
  return reply;
}

absl::StatusOr<Reply> GetFile(Machine& machine, const Command& command) {
  SIM_ASSIGN_OR_RETURN(const std::vector<std::string> paths, TargetPaths(machine, command));
  Reply reply;
  for (const std::string& path : paths) {
    if (const auto file = machine.files.Stat(path)) {
      reply.rows.push_back(RecordOf(machine, *file));
    }
  }
  return GetFrom(std::move(reply), command);
}

}  // namespace rds_csi::sim
