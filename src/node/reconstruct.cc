// SPDX-License-Identifier: Apache-2.0
// The part of adopt.h that finds out how a volume without a record was staged.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "model/access.h"
#include "model/paths.h"
#include "node/adopt.h"
#include "node/device_record.h"
#include "node/vol_data.h"

namespace rds_csi {
namespace {

constexpr std::string_view kGlobalMount = "/globalmount";

// Whether kubelet says that the volume in this folder is `id`.
bool IsOfVolume(Files& files, const std::string& folder, const VolumeId& id) {
  const absl::StatusOr<std::string> text = files.Read(folder + "/vol_data.json");
  return text.ok() && VolumeHandleIn(*text) == id.str();
}

// Options that a mount can be given again. What else mountinfo shows are defaults.
std::vector<std::string> OptionsOf(const Mount& mount) {
  static constexpr std::string_view kGiven[] = {"ro",     "nosuid",  "nodev",
                                                "noexec", "noatime", "nodiratime"};
  std::vector<std::string> options;
  for (const std::string_view option : kGiven) {
    if (std::ranges::find(mount.options, option) != mount.options.end()) {
      options.emplace_back(option);
    }
  }
  if (std::ranges::find(mount.super_options, "nouuid") != mount.super_options.end()) {
    options.emplace_back("nouuid");
  }
  return options;
}

// Where the filesystem on `device` is staged; more than one: not certain.
std::vector<Mount> StagingMounts(const Node& node, const VolumeId& id, DeviceNumber device) {
  std::vector<Mount> found;
  const absl::StatusOr<std::vector<Mount>> mounts = node.host.mounts.List();
  if (!mounts.ok()) return found;
  std::ranges::copy_if(*mounts, std::back_inserter(found), [&](const Mount& mount) {
    return mount.number == device && mount.target.ends_with(kGlobalMount) &&
           IsBelow(mount.target, node.config.kubelet_dir) && FindFsType(mount.fs_type) &&
           IsOfVolume(node.host.files, ParentOf(mount.target), id);
  });
  return found;
}

// The staging folders of block volumes whose record names `device`.
std::vector<std::string> StagingFolders(const Node& node, const VolumeId& id,
                                        const std::string& device) {
  const std::string root = node.config.kubelet_dir + "/plugins/kubernetes.io/csi/volumeDevices";
  std::vector<std::string> found;
  const absl::StatusOr<std::vector<std::string>> names = node.host.files.List(root + "/staging");
  if (!names.ok()) return found;
  for (const std::string& name : *names) {
    const std::string folder = fmt::format("{}/staging/{}", root, name);
    const auto recorded = FindDeviceRecord(node.host.files, folder);
    if (recorded.ok() && *recorded == device &&
        IsOfVolume(node.host.files, fmt::format("{}/{}/data", root, name), id)) {
      found.push_back(folder);
    }
  }
  return found;
}

int32_t SecondsOf(Files& files, const NvmeController& controller, std::string_view attribute,
                  int32_t least, int32_t otherwise) {
  const absl::StatusOr<std::string> text =
      files.Read(fmt::format("/sys/class/nvme/{}/{}", controller.name, attribute));
  if (!text.ok()) return otherwise;
  const std::optional<int64_t> number = ParseInt64(Trim(*text));
  constexpr int64_t kDay = int64_t{24} * 60 * 60;
  return number && *number >= least && *number <= kDay ? static_cast<int32_t>(*number) : otherwise;
}

// The address in "traddr=10.0.0.1,trsvcid=4420,src_addr=…"; an empty host when it has none.
HostPort AddressOf(const NvmeController& controller) {
  HostPort address;
  for (const std::string_view part : Split(controller.address, ',')) {
    if (part.starts_with("traddr=")) address.host = part.substr(7);
    if (!part.starts_with("trsvcid=")) continue;
    address.port = static_cast<uint16_t>(ParseInt64(part.substr(8)).value_or(0));
  }
  return address;
}

bool ReadConnection(const Node& node, const NvmeController& controller, StagedVolume& volume) {
  const std::optional<OwnHost> host =
      FindOwnHost(node.config.cluster_id, node.config.node, volume.id, controller.host_nqn);
  if (!host) return false;
  volume.generation = host->generation;
  volume.host = host->identity;
  volume.address = AddressOf(controller);
  Files& files = node.host.files;
  volume.timeouts = {
      .ctrl_loss_seconds = SecondsOf(files, controller, "ctrl_loss_tmo", 1, -1),  // "off": -1
      .reconnect_delay_seconds = SecondsOf(files, controller, "reconnect_delay", 1, 5),
      .keep_alive_seconds = SecondsOf(files, controller, "kato", 0, 0),
      .anchor_seconds = node.config.anchor_seconds};
  return !volume.address.host.empty() && volume.address.port != 0;
}

}  // namespace

std::optional<StagedVolume> Reconstruct(const Node& node, const VolumeId& id, const Link& link) {
  if (link.to_rds.size() != 1 || !link.device) return std::nullopt;
  const std::vector<Mount> mounts = StagingMounts(node, id, link.device->number);
  const std::vector<std::string> folders = StagingFolders(node, id, link.device->device);
  if (mounts.size() + folders.size() != 1) return std::nullopt;
  StagedVolume volume = {.id = id, .phase = StagePhase::kStaged};
  volume.boot_id = BootId(node.host.files);
  volume.block = mounts.empty();
  if (volume.block) {
    volume.staging_path = folders.front();
  } else {
    volume.staging_path = mounts.front().target;
    volume.fs_type = mounts.front().fs_type;
    volume.mount_options = OptionsOf(mounts.front());
  }
  volume.device = link.device->number;
  if (!ReadConnection(node, link.to_rds.front(), volume)) return std::nullopt;
  return volume;
}

}  // namespace rds_csi
