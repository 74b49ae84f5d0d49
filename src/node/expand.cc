// SPDX-License-Identifier: Apache-2.0
#include "node/expand.h"

#include <algorithm>
#include <optional>

#include "base/status.h"
#include "fs/grow.h"
#include "model/access.h"
#include "node/lifeline.h"
#include "node/mounting.h"
#include "node/target_path.h"
#include "nvme/namespace_size.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kSizeTimeout = absl::Seconds(30);

// Whether the volume's bare device stands at the path: a block volume needs no more than its size.
absl::StatusOr<bool> IsBlockDeviceAt(const Host& host, const ExpandRequest& request) {
  const absl::StatusOr<FileInfo> info = host.files.Stat(request.volume_path);
  if (absl::IsNotFound(info.status())) return NotAt(request.id, request.volume_path);
  if (!info.ok()) return info.status();
  return info->type == FileType::kBlockDevice;
}

// kubelet names the staging directory of a block volume where it published none.
absl::StatusOr<bool> IsBlockStagingAt(const Host& host, const ExpandRequest& request) {
  const absl::StatusOr<FileInfo> record = host.files.Stat(request.volume_path + "/device");
  if (absl::IsNotFound(record.status())) return false;
  if (!record.ok()) return record.status();
  return record->type == FileType::kRegular;
}

absl::Status GrowFilesystem(const Host& host, const ExpandRequest& request, const Mount& mount,
                            const NvmeNamespace& device, absl::Time deadline) {
  const std::optional<FsType> type = FindFsType(mount.fs_type);
  if (!type || mount.number != device.number) return NotAt(request.id, request.volume_path);
  return Grow(host.exec, *type, device.device, request.volume_path, deadline);
}

// The anchor before the filesystem: the kernel takes a device's size from whichever path it looked
// at last, and a small anchor would shrink it under the filesystem.
absl::Status GrowAnchorOf(const Node& node, const VolumeId& id, const NvmeNamespace& device,
                          absl::Time deadline) {
  ASSIGN_OR_RETURN(std::optional<StagedVolume> volume, node.staged().Find(id));
  if (!volume) return absl::OkStatus();
  return GrowLifeline(node, *volume, device, deadline);
}

}  // namespace

absl::StatusOr<int64_t> ExpandOnNode(const Node& node, const ExpandRequest& request,
                                     absl::Time deadline) {
  const Host& host = node.host;
  if (!CheckInsideKubeletDirectory(host.files, node.config.kubelet_dir, request.volume_path).ok()) {
    return NotAt(request.id, request.volume_path);
  }
  ASSIGN_OR_RETURN(bool block, IsBlockDeviceAt(host, request));
  ASSIGN_OR_RETURN(const std::optional<Mount> mount, FindMount(host.mounts, request.volume_path));
  if (!block && !mount) {
    ASSIGN_OR_RETURN(block, IsBlockStagingAt(host, request));
    if (!block) return NotAt(request.id, request.volume_path);
  }
  ASSIGN_OR_RETURN(const NvmeNamespace device,
                   WaitForSize(host, request.id.Nqn(), request.range.required_bytes,
                               std::min(deadline, host.clock.Now() + kSizeTimeout)));
  RETURN_IF_ERROR(GrowAnchorOf(node, request.id, device, deadline));
  if (!block) RETURN_IF_ERROR(GrowFilesystem(host, request, *mount, device, deadline));
  return device.size_bytes;
}

}  // namespace rds_csi
