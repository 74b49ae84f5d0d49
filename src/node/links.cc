// SPDX-License-Identifier: Apache-2.0
#include "node/links.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "model/volume_id.h"
#include "nvme/anchor_address.h"
#include "nvme/path_name.h"

namespace rds_csi {
namespace {

std::optional<std::string> FindAttribute(Files& files, const std::string& path) {
  const absl::StatusOr<std::string> text = files.Read(path);
  if (!text.ok()) return std::nullopt;
  return std::string(Trim(*text));
}

absl::StatusOr<std::vector<std::string>> NvmeNamesIn(Files& files, const std::string& folder) {
  absl::StatusOr<std::vector<std::string>> names = files.List(folder);
  if (absl::IsNotFound(names.status())) return std::vector<std::string>{};
  if (names.ok()) std::erase_if(*names, [](const auto& name) { return !name.starts_with("nvme"); });
  return names;
}

bool IsOurs(const std::optional<std::string>& nqn) { return nqn && nqn->starts_with(kNqnPrefix); }

void AddController(Link& link, NvmeController controller) {
  (IsAnchor(controller) ? link.to_anchor : link.to_rds).push_back(std::move(controller));
}

absl::Status AddControllers(Files& files, Links& links) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NvmeNamesIn(files, "/sys/class/nvme"));
  for (const std::string& name : names) {
    const std::string folder = "/sys/class/nvme/" + name;
    const std::optional<std::string> nqn = FindAttribute(files, folder + "/subsysnqn");
    if (!IsOurs(nqn)) continue;
    AddController(links[*nqn],
                  {.name = name,
                   .state = FindAttribute(files, folder + "/state").value_or(""),
                   .address = FindAttribute(files, folder + "/address").value_or(""),
                   .host_nqn = FindAttribute(files, folder + "/hostnqn").value_or("")});
  }
  return absl::OkStatus();
}

// The head `name`, if it is one; the number and size are all that is asked for here.
std::optional<NvmeNamespace> ReadHead(Files& files, const std::string& name) {
  const std::string folder = "/sys/block/" + name;
  const auto number = ParseDeviceNumber(FindAttribute(files, folder + "/dev").value_or(""));
  const auto sectors = ParseInt64(FindAttribute(files, folder + "/size").value_or(""));
  if (!number.ok() || !sectors) return std::nullopt;
  NvmeNamespace head;
  head.device = "/dev/" + name;
  head.number = *number;
  head.size_bytes = *sectors * 512;
  return head;
}

absl::Status AddDevices(Files& files, Links& links) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NvmeNamesIn(files, "/sys/block"));
  std::map<std::string, std::vector<std::string>> paths;  // by head
  for (const std::string& name : names) {
    if (const auto parts = FindPathName(name)) paths[parts->head].push_back(parts->controller);
  }
  for (const std::string& name : names) {
    if (FindPathName(name)) continue;
    const auto nqn = FindAttribute(files, fmt::format("/sys/block/{}/device/subsysnqn", name));
    if (!IsOurs(nqn)) continue;
    Link& link = links[*nqn];
    link.device = ReadHead(files, name);
    link.paths = paths[name];
  }
  return absl::OkStatus();
}

bool IsLive(const NvmeController& controller) { return controller.state == "live"; }

}  // namespace

bool Link::works() const {
  return device && std::ranges::any_of(to_rds, [this](const NvmeController& controller) {
           // Without native multipath there are no paths, and the device is the controller's own.
           return IsLive(controller) &&
                  (paths.empty() || std::ranges::find(paths, controller.name) != paths.end());
         });
}

bool Link::is_torn() const { return !works() && std::ranges::any_of(to_rds, IsLive); }

absl::StatusOr<Link> FindLink(Files& files, const std::string& nqn) {
  ASSIGN_OR_RETURN(std::vector<NvmeController> controllers, FindControllers(files, nqn));
  Link link;
  for (NvmeController& controller : controllers) AddController(link, std::move(controller));
  ASSIGN_OR_RETURN(link.device, FindNamespace(files, nqn));
  if (!link.device) return link;
  ASSIGN_OR_RETURN(const std::vector<NvmePath> paths, FindPaths(files, *link.device));
  for (const NvmePath& path : paths) link.paths.push_back(path.controller);
  return link;
}

absl::StatusOr<Links> FindLinks(Files& files) {
  Links links;
  RETURN_IF_ERROR(AddControllers(files, links));
  RETURN_IF_ERROR(AddDevices(files, links));
  return links;
}

Orphan OrphanOf(const StagedVolume& volume, const Link& link) {
  const bool proven = link.device && link.device->number == volume.device;
  return proven ? Orphan::kJoin : Orphan::kRefuse;
}

std::optional<std::string> FindNqn(Files& files, DeviceNumber number) {
  const absl::StatusOr<std::optional<NvmeNamespace>> device = FindBlockDevice(files, number);
  if (!device.ok() || !*device) return std::nullopt;
  const std::string name = (*device)->device.substr((*device)->device.rfind('/') + 1);
  return FindAttribute(files, fmt::format("/sys/block/{}/device/subsysnqn", name));
}

}  // namespace rds_csi
