// SPDX-License-Identifier: Apache-2.0
#include "nvme/subsystem.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"
#include "nvme/path_name.h"

namespace rds_csi {
namespace {

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

std::optional<int64_t> FindNumber(Files& files, const std::string& path) {
  const std::optional<std::string> text = FindAttribute(files, path);
  return text ? ParseInt64(*text) : std::nullopt;
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
  const std::string folder = "/sys/block/" + name;
  const std::optional<std::string> number = FindAttribute(files, folder + "/dev");
  const std::optional<int64_t> sectors = FindNumber(files, folder + "/size");
  if (!number || !sectors) return std::nullopt;
  const absl::StatusOr<DeviceNumber> parsed_number = ParseDeviceNumber(*number);
  if (!parsed_number.ok()) return std::nullopt;
  NvmeNamespace found;
  found.device = "/dev/" + name;
  found.number = *parsed_number;
  found.size_bytes = *sectors * kSectorBytes;
  found.block_bytes = FindNumber(files, folder + "/queue/logical_block_size").value_or(0);
  ReadIdentity(files, folder, found);
  return found;
}

bool IsHeadOf(Files& files, const std::string& name, std::string_view nqn) {
  const std::string folder = "/sys/block/" + name;
  return name.starts_with("nvme") && FindAttribute(files, folder + "/device/subsysnqn") == nqn &&
         FindAttribute(files, folder + "/hidden").value_or("0") == "0";
}

}  // namespace

absl::StatusOr<std::vector<NvmeController>> FindControllers(Files& files, std::string_view nqn) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListOrNone(files, "/sys/class/nvme"));
  std::vector<NvmeController> controllers;
  for (const std::string& name : names) {
    const std::string folder = "/sys/class/nvme/" + name;
    if (FindAttribute(files, folder + "/subsysnqn") != nqn) continue;
    controllers.push_back({.name = name,
                           .state = FindAttribute(files, folder + "/state").value_or(""),
                           .address = FindAttribute(files, folder + "/address").value_or(""),
                           .host_nqn = FindAttribute(files, folder + "/hostnqn").value_or("")});
  }
  return controllers;
}

absl::StatusOr<std::optional<NvmeNamespace>> FindNamespace(Files& files, std::string_view nqn) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListOrNone(files, "/sys/block"));
  std::optional<NvmeNamespace> found;
  for (const std::string& name : names) {
    if (!IsHeadOf(files, name, nqn)) continue;
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
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListOrNone(files, "/sys/block"));
  std::vector<NvmePath> paths;
  for (const std::string& name : names) {
    const std::optional<PathName> parts = FindPathName(name);
    if (!parts || "/dev/" + parts->head != head.device) continue;
    const std::string folder = "/sys/block/" + name;
    paths.push_back({.name = name,
                     .controller = parts->controller,
                     .ana_state = FindAttribute(files, folder + "/ana_state").value_or(""),
                     .size_bytes = FindNumber(files, folder + "/size").value_or(0) * kSectorBytes});
  }
  return paths;
}

absl::StatusOr<std::optional<NvmeNamespace>> FindBlockDevice(Files& files, DeviceNumber number) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListOrNone(files, "/sys/block"));
  for (const std::string& name : names) {
    std::optional<NvmeNamespace> device = ReadNamespace(files, name);
    if (device && device->number == number) return device;
  }
  return std::nullopt;
}

}  // namespace rds_csi
