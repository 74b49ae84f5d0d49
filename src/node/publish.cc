// SPDX-License-Identifier: Apache-2.0
#include "node/publish.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/status.h"
#include "fs/device.h"
#include "model/paths.h"
#include "node/device_record.h"
#include "node/mounting.h"
#include "node/recover.h"
#include "node/stale.h"
#include "node/target_path.h"
#include "nvme/subsystem.h"

namespace rds_csi {
namespace {

constexpr size_t kMaximumBinds = 100;
constexpr absl::Duration kUndoTimeout = absl::Seconds(15);

absl::Status NotStaged(const PublishRequest& request) {
  return absl::FailedPreconditionError(
      fmt::format("volume {} is not staged at {}: was NodeStageVolume called?", request.id.str(),
                  request.staging_path));
}

bool WantsReadOnly(const PublishRequest& request) {
  return request.read_only || request.capability.mode == AccessMode::kSingleNodeReaderOnly;
}

absl::Status PublishedOtherwise(const PublishRequest& request) {
  return absl::AlreadyExistsError(fmt::format("volume {} is published at {} already, and not {}",
                                              request.id.str(), request.target_path,
                                              WantsReadOnly(request) ? "read-only" : "writable"));
}

// Binds, and takes the target away again if that failed and this call made it (PUB-4).
absl::Status BindAt(const Host& host, const PublishRequest& request, BindRequest bind,
                    absl::StatusOr<bool> made, absl::Time deadline) {
  if (!made.ok()) return made.status();
  bind.target = request.target_path;
  if (WantsReadOnly(request)) bind.options.push_back("ro");
  absl::Status bound = host.mounts.Bind(bind, deadline);
  if (bound.ok()) return bound;
  // What failed, or was killed, may have been done all the same. kubelet forgets a place for which
  // it is answered INTERNAL, so nothing may be left there then.
  const absl::Status undone =
      UnmountAll(host, request.target_path, host.clock.Now() + kUndoTimeout);
  if (undone.ok() && *made) RemoveTarget(host.files, request.target_path).IgnoreError();
  return Error(undone.ok() ? absl::StatusCode::kInternal : absl::StatusCode::kUnavailable,
               fmt::format("volume {} cannot be published at {}: {}", request.id.str(),
                           request.target_path, Message(bound)));
}

// Only options of a mount can be given to a bind; those of the filesystem were given when it was
// staged.
std::vector<std::string> BindOptions(const std::vector<std::string>& flags) {
  static constexpr std::string_view kOfAMount[] = {
      "ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime", "strictatime"};
  std::vector<std::string> options;
  for (const std::string& flag : flags) {
    for (const std::string_view option : kOfAMount) {
      if (flag == option) options.push_back(flag);
    }
  }
  return options;
}

// SINGLE_NODE_SINGLE_WRITER (ReadWriteOncePod): no second place. A part of the kubelet directory
// may be visible elsewhere too, so only places below it count.
absl::Status RefuseSecondPlace(const Node& node, const PublishRequest& request,
                               const std::vector<Mount>& shown) {
  if (request.capability.mode != AccessMode::kSingleNodeSingleWriter) return absl::OkStatus();
  for (const Mount& mount : shown) {
    if (mount.target == request.target_path || mount.target == request.staging_path) continue;
    if (!IsBelow(mount.target, node.config.kubelet_dir)) continue;
    return absl::FailedPreconditionError(
        fmt::format("volume {} is published at {} already, and its access mode allows one place",
                    request.id.str(), mount.target));
  }
  return absl::OkStatus();
}

// A mount of the volume that went stale is made anew. A record tells that it should be there at
// all, and how it is to be made.
absl::Status RecoverIfStale(const Node& node, const PublishRequest& request,
                            const std::optional<Mount>& staged, Warnings& warnings,
                            absl::Time deadline) {
  absl::StatusOr<std::optional<StagedVolume>> found = node.staged().Find(request.id);
  if (!found.ok()) {
    warnings.push_back(Message(found.status()));
    return absl::OkStatus();
  }
  if (!*found || (*found)->phase != StagePhase::kStaged || (*found)->block ||
      (*found)->staging_path != request.staging_path) {
    return absl::OkStatus();
  }
  StagedVolume& volume = **found;
  const bool writable = std::ranges::find(volume.mount_options, "ro") == volume.mount_options.end();
  const absl::StatusOr<MountVerdict> verdict =
      JudgeMount(node.host, request.id.Nqn(), staged, writable, deadline);
  if (!verdict.ok()) {
    warnings.push_back(fmt::format("whether the mount at {} is stale could not be found out: {}",
                                   request.staging_path, Message(verdict.status())));
    return absl::OkStatus();
  }
  // A recovery that was cut off has mounted another device than the one of the record.
  if (verdict->stale.empty()) return node.staged().PutDevice(volume, staged->number);
  Tell(node, Reason::kStaleMountDetected, volume,
       fmt::format("volume {}: the mount at {} is dead: {}; it is made anew", request.id.str(),
                   request.staging_path, verdict->stale));
  return RecoverMount(node, volume, verdict->stale, deadline);
}

// What somebody else mounted at the staging path: it would be taken for the volume, and all that is
// written to it be lost.
bool IsOfAnother(const Host& host, const Mount& staged, const VolumeId& id) {
  // major 0: no block device, a tmpfs, for example
  return staged.number.major == 0 || IsAnotherVolume(host, staged, id.Nqn());
}

absl::Status PublishFilesystem(const Node& node, const PublishRequest& request, Warnings& warnings,
                               absl::Time deadline) {
  const Host& host = node.host;
  ASSIGN_OR_RETURN(const std::optional<Mount> before, FindMount(host.mounts, request.staging_path));
  RETURN_IF_ERROR(RecoverIfStale(node, request, before, warnings, deadline));
  ASSIGN_OR_RETURN(std::vector<Mount> shown, host.mounts.List());
  const std::optional<Mount> staged = FindMount(shown, request.staging_path);
  if (!staged || IsOfAnother(host, *staged, request.id)) return NotStaged(request);
  const std::optional<Mount> published = FindMount(shown, request.target_path);
  if (published && published->number == staged->number) {
    return published->read_only() == (WantsReadOnly(request) || staged->read_only())
               ? absl::OkStatus()
               : PublishedOtherwise(request);
  }
  std::erase_if(shown, [&](const Mount& mount) { return mount.number != staged->number; });
  RETURN_IF_ERROR(RefuseSecondPlace(node, request, shown));
  // Whatever else is mounted there is left from an earlier life of this pod.
  if (published) RETURN_IF_ERROR(UnmountAll(host, request.target_path, deadline));
  return BindAt(host, request,
                {.source = request.staging_path,
                 .target = request.target_path,
                 .options = BindOptions(request.capability.mount_flags)},
                MakeTargetDirectory(host.files, request.target_path), deadline);
}

// The staged device under the name it has now: after a reconnect the kernel may have given it
// another one, and then the record is brought up to date (PUB-1, PUB-2).
absl::StatusOr<NvmeNamespace> ResolveStagedDevice(const Node& node, const PublishRequest& request) {
  const Host& host = node.host;
  const absl::StatusOr<std::optional<StagedVolume>> staged = node.staged().Find(request.id);
  // The place, and the record in it, are another volume's. The former driver's volumes have none.
  if (staged.ok() && *staged && (*staged)->staging_path != request.staging_path) {
    return NotStaged(request);
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> recorded,
                   FindDeviceRecord(host.files, request.staging_path));
  if (!recorded) return NotStaged(request);
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device,
                   FindNamespace(host.files, request.id.Nqn()));
  if (!device) {
    return absl::InternalError(fmt::format(
        "volume {}: the device {} that was staged does not exist any more, and nothing of {} is "
        "connected",
        request.id.str(), *recorded, request.id.Nqn()));
  }
  if (device->device != *recorded) {
    RETURN_IF_ERROR(WriteDeviceRecord(host.files, request.staging_path, device->device));
  }
  return *device;
}

// What stands at the target of a block volume: true when it shows this device. A target that shows
// another one is never accepted as it is (PUB-6): it is taken away.
absl::StatusOr<bool> ShowsDevice(const Host& host, const std::string& target,
                                 const NvmeNamespace& device, absl::Time deadline) {
  const absl::StatusOr<FileInfo> info = host.files.Stat(target);
  if (absl::IsNotFound(info.status())) return false;
  if (!info.ok()) return info.status();
  const bool is_device = info->type == FileType::kBlockDevice;
  if (is_device && info->number == device.number) return true;
  RETURN_IF_ERROR(UnmountAll(host, target, deadline));
  // The former driver made device nodes instead of mounts; one with an old number is removed here.
  if (is_device) RETURN_IF_ERROR(RemoveTarget(host.files, target));
  return false;
}

// Read-only holds for a device as a whole, so every place it is published at must agree.
absl::Status AgreeOnAccess(const Host& host, const PublishRequest& request,
                           const NvmeNamespace& device, size_t binds, absl::Time deadline) {
  ASSIGN_OR_RETURN(const bool read_only, IsReadOnly(host.files, device.device));
  if (read_only == WantsReadOnly(request)) return absl::OkStatus();
  if (binds > 0) {
    return absl::FailedPreconditionError(
        fmt::format("volume {}: {} is published {} on this node already; one device cannot be both",
                    request.id.str(), device.device, read_only ? "read-only" : "writable"));
  }
  return SetReadOnly(host.exec, device.device, WantsReadOnly(request), deadline);
}

absl::Status PublishBlockDevice(const Node& node, const PublishRequest& request,
                                absl::Time deadline) {
  const Host& host = node.host;
  ASSIGN_OR_RETURN(const NvmeNamespace device, ResolveStagedDevice(node, request));
  ASSIGN_OR_RETURN(const bool shown, ShowsDevice(host, request.target_path, device, deadline));
  if (shown) {
    ASSIGN_OR_RETURN(const bool read_only, IsReadOnly(host.files, device.device));
    return read_only == WantsReadOnly(request) ? absl::OkStatus() : PublishedOtherwise(request);
  }
  ASSIGN_OR_RETURN(const std::vector<Mount> mounts, host.mounts.List());
  const std::vector<Mount> shown_at = BindsOfDevice(mounts, device.device);
  RETURN_IF_ERROR(RefuseSecondPlace(node, request, shown_at));
  const size_t binds = shown_at.size();
  if (binds >= kMaximumBinds) {
    return absl::ResourceExhaustedError(
        fmt::format("volume {}: {} is mounted {} times on this node; something multiplies its "
                    "mounts, and more of them would take the node down",
                    request.id.str(), device.device, binds));
  }
  RETURN_IF_ERROR(AgreeOnAccess(host, request, device, binds, deadline));
  return BindAt(host, request,
                {.source = device.device, .target = request.target_path, .options = {}},
                MakeTargetFile(host.files, request.target_path), deadline);
}

}  // namespace

absl::StatusOr<Warnings> PublishVolume(const Node& node, const PublishRequest& request,
                                       absl::Time deadline) {
  RETURN_IF_ERROR(
      CheckInsideKubeletDirectory(node.host.files, node.config.kubelet_dir, request.staging_path));
  RETURN_IF_ERROR(
      CheckInsideKubeletDirectory(node.host.files, node.config.kubelet_dir, request.target_path));
  Warnings warnings;
  RETURN_IF_ERROR(request.capability.block ? PublishBlockDevice(node, request, deadline)
                                           : PublishFilesystem(node, request, warnings, deadline));
  return warnings;
}

}  // namespace rds_csi
