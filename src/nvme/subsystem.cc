// SPDX-License-Identifier: Apache-2.0
#include "nvme/subsystem.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "nvme/path_name.h"

namespace rds_csi {
namespace {

constexpr char kControllers[] = "/sys/class/nvme";
constexpr char kBlockDevices[] = "/sys/block";
constexpr int64_t kSectorBytes = 512;  // the unit of /sys/block/*/size, whatever the device's own

// An attribute, trimmed; none when it or its device has just gone. A half-made controller answers
// some reads with other errors (its subsysnqn is "(efault)"): it is none of ours yet.
std::optional<std::string> FindAttribute(Files& files, const std::string& path) {
  absl::StatusOr<std::string> text = files.Read(path);
  if (!text.ok()) return std::nullopt;
  return std::string(Trim(*text));
}

// Names in a class folder of sysfs; none when no such device was ever there.
absl::StatusOr<std::vector<std::string>> ListOrNone(Files& files, const std::string& path) {
  absl::StatusOr<std::vector<std::string>> names = files.List(path);
  if (absl::IsNotFound(names.status())) return std::vector<std::string>{};
  return names;
}

// NVMe's, hidden paths too.
absl::StatusOr<std::vector<std::string>> ListBlockDevices(Files& files) {
  absl::StatusOr<std::vector<std::string>> names = ListOrNone(files, kBlockDevices);
  if (names.ok()) std::erase_if(*names, [](const auto& name) { return !name.starts_with("nvme"); });
  return names;
}

std::string FolderOf(const std::string& block_device) {
  return fmt::format("{}/{}", kBlockDevices, block_device);
}

std::optional<int64_t> FindNumber(Files& files, const std::string& path) {
  const std::optional<std::string> text = FindAttribute(files, path);
  return text ? ParseInt64(*text) : std::nullopt;
}

// Of sizes, which sysfs tells in sectors: bytes.
std::optional<int64_t> FindBytes(Files& files, const std::string& path) {
  const std::optional<int64_t> sectors = FindNumber(files, path);
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / kSectorBytes;
  if (!sectors || *sectors < 0 || *sectors > kMost) return std::nullopt;
  return *sectors * kSectorBytes;
}

// The kernel shows an NGUID as the UUID where the namespace has no UUID (uuid_show).
void ReadIdentity(Files& files, const std::string& folder, NvmeNamespace& head) {
  head.nsid = FindNumber(files, folder + "/nsid").value_or(0);
  head.uuid = FindAttribute(files, folder + "/uuid").value_or("");
  head.nguid = FindAttribute(files, folder + "/nguid").value_or("");
  head.eui = FindAttribute(files, folder + "/eui").value_or("");
  if (head.uuid == head.nguid) head.uuid.clear();
}

std::optional<NvmeNamespace> ReadNamespace(Files& files, const std::string& name) {
  const std::string folder = FolderOf(name);
  const std::optional<std::string> number = FindAttribute(files, folder + "/dev");
  const std::optional<int64_t> size = FindBytes(files, folder + "/size");
  if (!number || !size) return std::nullopt;
  const absl::StatusOr<DeviceNumber> parsed_number = ParseDeviceNumber(*number);
  if (!parsed_number.ok()) return std::nullopt;
  NvmeNamespace found;
  found.device = "/dev/" + name;
  found.number = *parsed_number;
  found.size_bytes = *size;
  found.block_bytes = FindNumber(files, folder + "/queue/logical_block_size").value_or(0);
  ReadIdentity(files, folder, found);
  return found;
}

// The subsystem's, through the controller or the subsystem that a block device hangs on.
std::optional<std::string> NqnOf(Files& files, const std::string& block_device) {
  return FindAttribute(files, FolderOf(block_device) + "/device/subsysnqn");
}

bool IsHidden(Files& files, const std::string& block_device) {
  return FindAttribute(files, FolderOf(block_device) + "/hidden").value_or("0") != "0";
}

// A link to the folder of the block device.
std::string FolderOfNumber(DeviceNumber number) { return "/sys/dev/block/" + ToString(number); }

std::string FolderOfController(const std::string& name) {
  return fmt::format("{}/{}", kControllers, name);
}

std::optional<std::string> NqnOfController(Files& files, const std::string& name) {
  return FindAttribute(files, FolderOfController(name) + "/subsysnqn");
}

NvmeController ReadController(Files& files, const std::string& name) {
  const std::string folder = FolderOfController(name);
  return {.name = name,
          .state = FindAttribute(files, folder + "/state").value_or(""),
          .address = FindAttribute(files, folder + "/address").value_or(""),
          .host_nqn = FindAttribute(files, folder + "/hostnqn").value_or("")};
}

NvmePath ReadPath(Files& files, const std::string& name, const PathName& parts) {
  const std::string folder = FolderOf(name);
  return {.name = name,
          .controller = parts.controller,
          .ana_state = FindAttribute(files, folder + "/ana_state").value_or(""),
          .size_bytes = FindBytes(files, folder + "/size").value_or(0)};
}

using Subsystems = std::map<std::string, NvmeSubsystem>;

absl::Status AddControllers(Files& files, std::string_view prefix, Subsystems& subsystems) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListOrNone(files, kControllers));
  for (const std::string& name : names) {
    const std::optional<std::string> nqn = NqnOfController(files, name);
    if (!nqn || !nqn->starts_with(prefix)) continue;
    subsystems[*nqn].controllers.push_back(ReadController(files, name));
  }
  return absl::OkStatus();
}

absl::Status AddHeads(Files& files, std::string_view prefix, Subsystems& subsystems) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListBlockDevices(files));
  std::map<std::string, std::vector<NvmePath>> paths;  // by head
  for (const std::string& name : names) {
    const std::optional<PathName> parts = FindPathName(name);
    if (parts) paths[parts->head].push_back(ReadPath(files, name, *parts));
  }
  for (const std::string& name : names) {
    const std::optional<std::string> nqn = NqnOf(files, name);
    if (!nqn || !nqn->starts_with(prefix) || IsHidden(files, name)) continue;
    std::optional<NvmeNamespace> head = ReadNamespace(files, name);
    if (!head) continue;  // it comes or goes; another one of the volume may be there
    NvmeSubsystem& subsystem = subsystems[*nqn];
    subsystem.head = std::move(head);
    subsystem.paths = std::move(paths[name]);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<NvmeController>> FindControllers(Files& files, std::string_view nqn) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListOrNone(files, kControllers));
  std::vector<NvmeController> controllers;
  for (const std::string& name : names) {
    if (NqnOfController(files, name) == nqn) controllers.push_back(ReadController(files, name));
  }
  return controllers;
}

absl::StatusOr<std::optional<NvmeNamespace>> FindNamespace(Files& files, std::string_view nqn) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListBlockDevices(files));
  std::optional<NvmeNamespace> found;
  for (const std::string& name : names) {
    if (NqnOf(files, name) != nqn || IsHidden(files, name)) continue;
    std::optional<NvmeNamespace> head = ReadNamespace(files, name);
    if (!head) continue;
    if (found) {
      return absl::FailedPreconditionError(
          fmt::format("{} has two block devices, {} and {}; a volume has one", nqn, found->device,
                      head->device));
    }
    found = std::move(head);
  }
  return found;
}

absl::StatusOr<std::vector<NvmePath>> FindPaths(Files& files, const NvmeNamespace& head) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListBlockDevices(files));
  std::vector<NvmePath> paths;
  for (const std::string& name : names) {
    const std::optional<PathName> parts = FindPathName(name);
    if (parts && "/dev/" + parts->head == head.device) {
      paths.push_back(ReadPath(files, name, *parts));
    }
  }
  return paths;
}

absl::StatusOr<std::map<std::string, NvmeSubsystem>> FindSubsystems(Files& files,
                                                                    std::string_view prefix) {
  std::map<std::string, NvmeSubsystem> found;
  RETURN_IF_ERROR(AddControllers(files, prefix, found));
  RETURN_IF_ERROR(AddHeads(files, prefix, found));
  return found;
}

bool IsBlockDevice(Files& files, DeviceNumber number) {
  return !absl::IsNotFound(files.Stat(FolderOfNumber(number)).status());
}

std::optional<std::string> FindNqn(Files& files, DeviceNumber number) {
  return FindAttribute(files, FolderOfNumber(number) + "/device/subsysnqn");
}

}  // namespace rds_csi
