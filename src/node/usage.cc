// SPDX-License-Identifier: Apache-2.0
#include "node/usage.h"

#include <fmt/format.h>

#include "base/status.h"
#include "node/mounting.h"
#include "node/target_path.h"
#include "nvme/subsystem.h"

namespace rds_csi {
namespace {

VolumeUsage Gone(const UsageRequest& request, DeviceNumber number) {
  return {.filesystem = {},
          .block_bytes = {},
          .abnormal = fmt::format("volume {}: its block device {} is gone; restart the pod to "
                                  "mount it again",
                                  request.id.str(), ToString(number))};
}

absl::StatusOr<VolumeUsage> UsageOfBlockDevice(const Host& host, const UsageRequest& request,
                                               DeviceNumber number) {
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device,
                   FindNamespace(host.files, request.id.Nqn()));
  if (!device || device->number != number) return Gone(request, number);
  return VolumeUsage{.filesystem = {}, .block_bytes = device->size_bytes, .abnormal = {}};
}

absl::StatusOr<VolumeUsage> UsageOfFilesystem(const Host& host, const UsageRequest& request,
                                              absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<Mount> mount, FindMount(host.mounts, request.volume_path));
  if (!mount) return NotAt(request.id, request.volume_path);
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device,
                   FindNamespace(host.files, request.id.Nqn()));
  if (!device || device->number != mount->number) return Gone(request, mount->number);
  ASSIGN_OR_RETURN(const Usage usage, ReadUsage(host.exec, request.volume_path, deadline));
  return VolumeUsage{.filesystem = usage, .block_bytes = {}, .abnormal = {}};
}

}  // namespace

absl::StatusOr<VolumeUsage> GetVolumeUsage(const Node& node, const UsageRequest& request,
                                           absl::Time deadline) {
  const Host& host = node.host;
  if (!CheckInsideKubeletDirectory(host.files, node.config.kubelet_dir, request.volume_path).ok()) {
    return NotAt(request.id, request.volume_path);
  }
  const absl::StatusOr<FileInfo> info = host.files.Stat(request.volume_path);
  if (absl::IsNotFound(info.status())) return NotAt(request.id, request.volume_path);
  if (!info.ok()) return info.status();
  if (info->type == FileType::kBlockDevice) {
    return UsageOfBlockDevice(host, request, info->number);
  }
  return UsageOfFilesystem(host, request, deadline);
}

}  // namespace rds_csi
