// SPDX-License-Identifier: Apache-2.0
#include "rds/volumes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"
#include "model/host_identity.h"
#include "model/paths.h"
#include "rds/version.h"
#include "rds/volume_rows.h"

namespace rds_csi {
namespace {

using Verb = RosCommand::Verb;

constexpr std::string_view kDisk = "/disk";
constexpr std::string_view kFileSuffix = ".img";

std::string FileNamePrefix(const VolumeId& id) { return id.Slot() + "-"; }

absl::Status Differs(absl::StatusCode code, const Volume& volume, std::string_view what,
                     std::string_view is, std::string_view asked) {
  return Error(code, fmt::format("RDS: volume {}: {} is {} after it was set to {}", volume.id.str(),
                                 what, Quoted(is, 1024), Quoted(asked, 1024)));
}

RosCommand Set(const Volume& volume, RosRecord values) {
  RosCommand command;
  command.menu = kDisk;
  command.verb = Verb::kSet;
  command.id = volume.disk.id;
  command.values = std::move(values);
  command.properties = DiskProperties();
  return command;
}

RosCommand Print(std::vector<std::pair<std::string, std::string>> any_of) {
  RosCommand command;
  command.menu = kDisk;
  command.any_of = std::move(any_of);
  command.properties = DiskProperties();
  return command;
}

RosCommand Add(const NewVolume& volume, const Ledger& ledger) {
  RosCommand command;
  command.menu = kDisk;
  command.verb = Verb::kAdd;
  command.properties = DiskProperties();
  command.values = {
      {"type", "file"},
      {"slot", volume.id.Slot()},
      {"file-path", fmt::format("{}/{}{}{}", volume.directory, FileNamePrefix(volume.id),
                                ledger.incarnation, kFileSuffix)},
      {"file-size", fmt::format("{}", volume.size_bytes)},
      {"mount-filesystem", "no"},  // what is in it belongs to the nodes
      {"nvme-tcp-export", "no"},
      {"nvme-tcp-server-port", fmt::format("{}", volume.port)},
      {"nvme-tcp-server-nqn", volume.id.Nqn()},
      {"comment", FormatLedger(ledger)},
  };
  return command;
}

RosCommand Remove(std::string_view menu, std::string id) {
  RosCommand command;
  command.menu = menu;
  command.verb = Verb::kRemove;
  command.id = std::move(id);
  return command;
}

// Whether the file at `path` is one that Create made for `id`.
bool IsFileOf(const VolumeId& id, std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.starts_with(FileNamePrefix(id)) && name.ends_with(kFileSuffix);
}

// Whether Create made the file at `path`, for whatever volume: "csi-…-01234567.img".
bool IsFileOfSomeVolume(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (!name.ends_with(kFileSuffix)) return false;
  name.remove_suffix(kFileSuffix.size());
  const size_t dash = name.rfind('-');
  return dash != std::string_view::npos && IsSlot(name.substr(0, dash)) &&
         IsHex(name.substr(dash + 1), kIncarnationDigits);
}

// A path that a person gave the disk may hold what is never sent to an RDS. The disk is not removed
// then, or its file would stay.
absl::Status CheckFileCanBeNamed(const Volume& volume) {
  const std::string& path = volume.disk.file_path;
  const absl::Status check = CheckCommand(Remove("/file", path.substr(1)));
  if (check.ok()) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition,
               fmt::format("RDS: volume {}: nothing was removed, for the file of its disk in slot "
                           "{} was changed to {}; give it another name, or remove both by hand",
                           volume.id.str(), Quoted(volume.disk.slot), Quoted(path)));
}

// The one record that an add or a set answered.
absl::StatusOr<FileDisk> ParseOnlyDisk(const std::vector<RosRecord>& records) {
  ASSIGN_OR_RETURN(std::optional<FileDisk> disk, ParseFileDisk(records.at(0)));
  if (disk) return *std::move(disk);
  return Error(absl::StatusCode::kInternal, "RDS: a disk of type=file came back as another type");
}

absl::Status CheckCreated(const Volume& volume, const RosRecord& asked) {
  constexpr auto kCode = absl::StatusCode::kInternal;
  const FileDisk& disk = volume.disk;
  const auto differs = [&](const std::string& property, std::string_view is) {
    return Differs(kCode, volume, property, is, asked.at(property));
  };
  if (disk.slot != asked.at("slot")) return differs("slot", disk.slot);
  if (disk.file_path != asked.at("file-path")) return differs("file-path", disk.file_path);
  const std::string size = fmt::format("{}", disk.size_bytes);
  if (size != asked.at("file-size")) return differs("file-size", size);
  if (disk.exported) return differs("nvme-tcp-export", "yes");
  if (disk.nqn != volume.id.Nqn()) return differs("nvme-tcp-server-nqn", disk.nqn);
  if (disk.comment != asked.at("comment")) return differs("comment", disk.comment);
  return absl::OkStatus();
}

}  // namespace

RdsVolumes::RdsVolumes(RosTransport& transport, RosBehaviour behaviour,
                       std::function<std::string()> draw_incarnation)
    : transport_(transport),
      behaviour_(behaviour),
      draw_incarnation_(std::move(draw_incarnation)) {}

absl::StatusOr<RdsVolumes::Found> RdsVolumes::Find(const VolumeId& id, std::string_view directory,
                                                   absl::Time deadline) {
  const std::string pool = PoolOf(directory);
  ASSIGN_OR_RETURN(
      const std::vector<RosRecord> records,
      transport_.Run(Print({{"slot", id.Slot()}, {"slot", id.str()}, {"mount-point", pool}}),
                     deadline));
  return FindIn(records, id, pool);
}

absl::StatusOr<std::optional<Volume>> RdsVolumes::Find(const VolumeId& id, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<RosRecord> records,
                   transport_.Run(Print({{"slot", id.Slot()}, {"slot", id.str()}}), deadline));
  ASSIGN_OR_RETURN(Found found, FindIn(records, id, std::nullopt));
  return std::move(found.volume);
}

absl::StatusOr<Volume> RdsVolumes::Create(const NewVolume& volume, absl::Time deadline) {
  Ledger ledger = NewLedger(volume.cluster_id, volume.id);
  const RosCommand add = Add(volume, ledger);
  ASSIGN_OR_RETURN(const std::vector<RosRecord> records, transport_.Run(add, deadline));
  ASSIGN_OR_RETURN(FileDisk disk, ParseOnlyDisk(records));
  Volume created{volume.id, std::move(disk), std::move(ledger)};
  RETURN_IF_ERROR(CheckCreated(created, add.values));
  return created;
}

Ledger RdsVolumes::NewLedger(std::string cluster_id, VolumeId volume) const {
  return {.cluster_id = std::move(cluster_id),
          .volume = std::move(volume),
          .incarnation = draw_incarnation_(),
          .origin = Origin::kBlank,
          .generation = 0,
          .attachments = {}};
}

bool RdsVolumes::Shows(const Volume& volume, const Fence& fence) const {
  if (fence.host_nqns.empty()) return !volume.disk.exported;
  return volume.disk.exported && SameHosts(volume.disk.allow_host, AllowHost(fence, behaviour_));
}

bool RdsVolumes::MustCutOff(const Volume& volume, const Fence& fence) const {
  const bool closed = !volume.disk.exported && volume.disk.allow_host.empty();
  if (closed || fence.host_nqns.empty() || behaviour_.allow_host_drops_sessions) return false;
  return !NobodyLoses(volume.disk.allow_host, AllowHost(fence, behaviour_));
}

absl::StatusOr<Volume> RdsVolumes::SetAttachments(const Volume& volume, const Ledger& ledger,
                                                  const Fence& fence, absl::Time deadline) {
  const RosRecord values = {
      {"comment", FormatLedger(ledger)},
      {"nvme-tcp-export", fence.host_nqns.empty() ? "no" : "yes"},
      {"nvme-tcp-server-allow-host-name", AllowHost(fence, behaviour_)},
  };
  ASSIGN_OR_RETURN(const std::vector<RosRecord> records,
                   transport_.Run(Set(volume, values), deadline));
  absl::StatusOr<FileDisk> disk = ParseOnlyDisk(records);
  absl::Status taken = disk.ok() ? CheckSet(volume, *disk, values) : disk.status();
  if (!taken.ok()) {
    // Whatever is admitted now, it is not what the ledger says; the first error is reported.
    if (!fence.host_nqns.empty()) CutOff(volume, deadline).IgnoreError();
    return taken;
  }
  return Volume{volume.id, *std::move(disk), ledger};
}

absl::Status RdsVolumes::CheckSet(const Volume& volume, const FileDisk& disk,
                                  const RosRecord& asked) const {
  constexpr auto kCode = absl::StatusCode::kFailedPrecondition;
  const auto differs = [&](const std::string& property, std::string_view is) {
    return Differs(kCode, volume, property, is, asked.at(property));
  };
  if (disk.slot != volume.disk.slot) {
    return Differs(kCode, volume, "slot", disk.slot, volume.disk.slot);
  }
  if (disk.nqn != volume.id.Nqn()) {
    return Differs(kCode, volume, "nvme-tcp-server-nqn", disk.nqn, volume.id.Nqn());
  }
  if (disk.comment != asked.at("comment")) return differs("comment", disk.comment);
  if (disk.exported != (asked.at("nvme-tcp-export") == "yes")) {
    return differs("nvme-tcp-export", disk.exported ? "yes" : "no");
  }
  if (!SameHosts(disk.allow_host, asked.at("nvme-tcp-server-allow-host-name"))) {
    return differs("nvme-tcp-server-allow-host-name", disk.allow_host);
  }
  return absl::OkStatus();
}

absl::Status RdsVolumes::CutOff(const Volume& volume, absl::Time deadline, const Fence& next) {
  RosRecord values = {{"nvme-tcp-export", "no"}};
  if (!next.host_nqns.empty()) {
    values["nvme-tcp-server-allow-host-name"] = AllowHost(next, behaviour_);
  }
  ASSIGN_OR_RETURN(const std::vector<RosRecord> records,
                   transport_.Run(Set(volume, std::move(values)), deadline));
  ASSIGN_OR_RETURN(const FileDisk disk, ParseOnlyDisk(records));
  if (!disk.exported) return absl::OkStatus();
  return Differs(absl::StatusCode::kFailedPrecondition, volume, "nvme-tcp-export", "yes", "no");
}

absl::StatusOr<Volume> RdsVolumes::Grow(const Volume& volume, int64_t size_bytes,
                                        absl::Time deadline) {
  if (size_bytes < volume.disk.size_bytes) {
    return Error(absl::StatusCode::kOutOfRange,
                 fmt::format("volume {} has {} bytes already and is never shrunk to {}",
                             volume.id.str(), volume.disk.size_bytes, size_bytes));
  }
  const std::string asked = fmt::format("{}", size_bytes);
  ASSIGN_OR_RETURN(const std::vector<RosRecord> records,
                   transport_.Run(Set(volume, {{"file-size", asked}}), deadline));
  ASSIGN_OR_RETURN(FileDisk disk, ParseOnlyDisk(records));
  if (disk.size_bytes < size_bytes) {
    return Differs(absl::StatusCode::kInternal, volume, "file-size",
                   fmt::format("{}", disk.size_bytes), asked);
  }
  return Volume{volume.id, std::move(disk), volume.ledger};
}

absl::Status RdsVolumes::Delete(const Volume& volume, absl::Time deadline) {
  RETURN_IF_ERROR(CheckFileCanBeNamed(volume));
  absl::Status disk = transport_.Run(Remove(kDisk, volume.disk.id), deadline).status();
  if (!disk.ok() && !absl::IsNotFound(disk)) return disk;
  // Names in /file have no leading slash.
  return RemoveFile(volume.disk.file_path.substr(1), deadline);
}

absl::Status RdsVolumes::RemoveFile(const std::string& name, absl::Time deadline) {
  const absl::Status file = transport_.Run(Remove("/file", name), deadline).status();
  return absl::IsNotFound(file) ? absl::OkStatus() : file;
}

absl::Status RdsVolumes::RemoveLeftFiles(const VolumeId& id, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, FileNames(deadline));
  for (const std::string& name : names) {
    if (!IsFileOf(id, name)) continue;
    RETURN_IF_ERROR(CheckLeft(name, deadline));
    RETURN_IF_ERROR(RemoveFile(name, deadline));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> RdsVolumes::FileNames(absl::Time deadline) {
  RosCommand print;
  print.menu = "/file";
  print.properties = {"name"};
  ASSIGN_OR_RETURN(const std::vector<RosRecord> records, transport_.Run(print, deadline));
  std::vector<std::string> names;
  for (const RosRecord& record : records) {
    const auto name = record.find("name");
    if (name != record.end()) names.push_back(name->second);
  }
  return names;
}

absl::Status RdsVolumes::CheckLeft(const std::string& name, absl::Time deadline) {
  const RosCommand whose = Print({{"file-path", name}, {"file-path", "/" + name}});
  ASSIGN_OR_RETURN(const std::vector<RosRecord> disks, transport_.Run(whose, deadline));
  if (disks.empty()) return absl::OkStatus();
  const auto slot = disks.front().find("slot");
  return Error(absl::StatusCode::kFailedPrecondition,
               fmt::format("RDS: {} is not removed: the disk in slot {} has it", name,
                           Quoted(slot == disks.front().end() ? "" : slot->second)));
}

absl::StatusOr<RdsVolumes::Listing> RdsVolumes::List(const std::string& cluster_id,
                                                     const std::vector<std::string>& directories,
                                                     absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<RosRecord> records, transport_.Run(Print({}), deadline));
  return SortOut(records, cluster_id, directories);
}

absl::StatusOr<std::vector<std::string>> RdsVolumes::FindLeftFiles(
    const Listing& listing, const std::vector<std::string>& directories, absl::Time deadline) {
  if (!listing.unreadable.empty()) return std::vector<std::string>();
  std::set<std::string_view> known;
  for (const Volume& volume : listing.volumes) known.insert(volume.disk.file_path);
  for (const FileDisk& disk : listing.foreign) known.insert(disk.file_path);
  ASSIGN_OR_RETURN(const std::vector<std::string> names, FileNames(deadline));
  std::vector<std::string> left;
  for (const std::string& name : names) {
    const std::string path = "/" + name;
    const bool ours = IsFileOfSomeVolume(name) && std::ranges::any_of(directories, [&](auto& each) {
                        return ParentOf(path) == each;
                      });
    if (ours && !known.contains(path)) left.push_back(path);
  }
  return left;
}

absl::StatusOr<std::string> RdsVolumes::CheckVersion(absl::Time deadline) {
  RosCommand command;
  command.menu = "/system/resource";
  ASSIGN_OR_RETURN(const std::vector<RosRecord> records, transport_.Run(command, deadline));
  if (records.empty() || !records[0].contains("version")) {
    return Error(absl::StatusCode::kInternal, "RDS: /system/resource names no version");
  }
  return ParseSupportedVersion(records[0].at("version"));
}

std::string PoolOf(std::string_view directory) {
  if (directory.starts_with('/')) directory.remove_prefix(1);
  return std::string(directory.substr(0, directory.find('/')));
}

}  // namespace rds_csi
