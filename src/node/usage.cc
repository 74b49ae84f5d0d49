// SPDX-License-Identifier: Apache-2.0
#include "node/usage.h"

#include <fmt/format.h>

#include "base/status.h"
#include "node/health.h"
#include "node/mounting.h"
#include "node/target_path.h"
#include "nvme/link.h"
#include "nvme/subsystem.h"

namespace rds_csi {
namespace {

std::string Gone(const UsageRequest& request, DeviceNumber number) {
  return fmt::format("volume {}: its block device {} is gone; restart the pod to get it again",
                     request.id.str(), ToString(number));
}

// What the record and the connection have to say.
void AddConnection(const Node& node, const UsageRequest& request, VolumeUsage& usage) {
  const absl::StatusOr<std::optional<StagedVolume>> volume = node.staged().Find(request.id);
  const absl::StatusOr<Link> link = FindLink(node.host.files, request.id.Nqn());
  if (!volume.ok() || !*volume || !link.ok()) return;
  usage.survives_by = SurvivalOf((*volume)->lifeline);
  for (const Finding& finding : JudgeConnection(**volume, *link)) {
    // What would happen at a loss is no fault yet.
    const bool fault = finding.reason == kConnectionLost || finding.reason == kDeviceGone;
    if (fault && usage.abnormal.empty()) usage.abnormal = finding.message;
  }
}

absl::StatusOr<VolumeUsage> UsageOfBlockDevice(const Node& node, const UsageRequest& request,
                                               DeviceNumber number) {
  VolumeUsage usage;
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device,
                   FindNamespace(node.host.files, request.id.Nqn()));
  if (device && device->number == number) {
    usage.block_bytes = device->size_bytes;
  } else {
    usage.abnormal = Gone(request, number);
  }
  AddConnection(node, request, usage);
  return usage;
}

absl::StatusOr<VolumeUsage> UsageOfFilesystem(const Node& node, const UsageRequest& request,
                                              absl::Time deadline) {
  VolumeUsage usage;
  if (const auto finding = JudgePath(node, request.id, request.volume_path, deadline)) {
    usage.abnormal = finding->message;
    AddConnection(node, request, usage);
    return usage;
  }
  AddConnection(node, request, usage);
  const absl::StatusOr<Usage> measured = ReadUsage(node.host.exec, request.volume_path, deadline);
  if (measured.ok()) usage.filesystem = *measured;
  if (!measured.ok() && usage.abnormal.empty()) return measured.status();
  return usage;
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
  if (info.ok() && info->type == FileType::kBlockDevice) {
    return UsageOfBlockDevice(node, request, info->number);
  }
  ASSIGN_OR_RETURN(const std::optional<Mount> mount, FindMount(host.mounts, request.volume_path));
  if (!mount) return info.ok() ? NotAt(request.id, request.volume_path) : info.status();
  // Even if its root cannot be looked at: XFS answers an error there once it is shut down.
  return UsageOfFilesystem(node, request, deadline);
}

}  // namespace rds_csi
