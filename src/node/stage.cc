// SPDX-License-Identifier: Apache-2.0
#include "node/stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "fs/check.h"
#include "fs/format.h"
#include "fs/probe.h"
#include "node/device_record.h"
#include "node/mounting.h"
#include "node/target_path.h"
#include "nvme/connect.h"
#include "nvme/disconnect.h"
#include "nvme/openers.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kUndoTimeout = absl::Seconds(15);

absl::StatusOr<FabricsTarget> MakeFabricsTarget(const Node& node, const StageRequest& request) {
  return FabricsTarget{
      .address = request.target.address,
      .nqn = request.target.nqn,
      .host = request.target.host.value_or(NodeIdentity(node.config.cluster_id, node.config.node)),
      .timeouts = request.target.timeouts};
}

// A connection that an older attachment left must go before a new one is made: the kernel would
// join both, and pages that were never written would reach the volume now (STL-8).
absl::Status EvictOlderAttachment(const Host& host, const FabricsTarget& target,
                                  absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<NvmeController> controllers,
                   FindControllers(host.files, target.nqn));
  const bool foreign = std::any_of(
      controllers.begin(), controllers.end(),
      [&](const NvmeController& controller) { return controller.host_nqn != target.host.nqn; });
  if (!foreign) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device,
                   FindNamespace(host.files, target.nqn));
  if (device) {
    const DeviceUse use = FindDeviceUse(host, device->number);
    if (use.outcome != DeviceUse::Outcome::kFree) {
      return absl::FailedPreconditionError(fmt::format(
          "{} is still connected for an older attachment and in use ({}{}); the pods that use it "
          "must be gone first",
          device->device, Join(use.users, ", "), use.reason));
    }
  }
  return Disconnect(host, target.nqn, deadline);
}

// Mounted at the staging path already? Answers true when it is this very device. A mount of a
// device that is gone is left from before the connection was lost and is taken away.
absl::StatusOr<bool> IsStagedAt(const Host& host, const std::string& staging_path,
                                const NvmeNamespace& device, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<Mount> mount, FindMount(host.mounts, staging_path));
  if (!mount) return false;
  if (mount->number == device.number) return true;
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> other,
                   FindBlockDevice(host.files, mount->number));
  if (other || mount->number.major == 0) {  // major 0: not a block device, a tmpfs for example
    return absl::AlreadyExistsError(fmt::format("{} is mounted at {}, where {} was to be staged",
                                                mount->source, staging_path, device.device));
  }
  RETURN_IF_ERROR(UnmountAll(host, staging_path, deadline));
  return false;
}

bool IsReadOnlyMode(const Capability& capability) {
  return capability.mode == AccessMode::kSingleNodeReaderOnly;
}

absl::Status RefuseToFormat(const StageRequest& request, const std::string& device) {
  const bool copied = request.target.formatting == Formatting::kNever;
  return absl::FailedPreconditionError(
      fmt::format("{} is blank and must not be formatted: volume {} {}", device, request.id.str(),
                  copied ? "was restored or cloned, so it should hold data; look at the source"
                         : "is to be used read-only"));
}

// Formats a blank device, checks one that holds the wanted filesystem, refuses everything else.
absl::Status PrepareFilesystem(const Host& host, const StageRequest& request, FsType fs_type,
                               const std::string& device, absl::Time deadline) {
  ASSIGN_OR_RETURN(const Contents contents, Probe(host.exec, device, deadline));
  if (contents.kind == Contents::Kind::kBlank) {
    if (request.target.formatting == Formatting::kNever || IsReadOnlyMode(request.capability)) {
      return RefuseToFormat(request, device);
    }
    return Format(host.exec, fs_type, device, deadline);
  }
  if (contents.kind == Contents::Kind::kFilesystem && contents.what == NameOf(fs_type)) {
    return Check(host.exec, fs_type, device, deadline);
  }
  return absl::FailedPreconditionError(
      fmt::format("{} (volume {}) holds {}, not {}; it is left as it is", device, request.id.str(),
                  contents.what, NameOf(fs_type)));
}

std::vector<std::string> MountOptions(const StageRequest& request, FsType fs_type) {
  std::vector<std::string> options = KernelMountFlags(request.capability.mount_flags);
  if (IsReadOnlyMode(request.capability)) options.push_back("ro");
  // A copy has the UUID of its source, which may be mounted on this very node.
  if (fs_type == FsType::kXfs && request.target.formatting == Formatting::kNever) {
    options.push_back("nouuid");
  }
  return options;
}

// What the kernel calls an invalid argument is a mount option that it does not take.
absl::Status ExplainMount(const absl::Status& mounted) {
  if (!absl::IsInternal(mounted)) return mounted;
  return absl::FailedPreconditionError(
      fmt::format("{} (mount flags of the StorageClass or volume?)", Message(mounted)));
}

absl::Status StageFilesystem(const Node& node, const StageRequest& request, FsType fs_type,
                             const NvmeNamespace& device, absl::Time deadline) {
  const Host& host = node.host;
  ASSIGN_OR_RETURN(const bool staged, IsStagedAt(host, request.staging_path, device, deadline));
  if (staged) return absl::OkStatus();
  RETURN_IF_ERROR(PrepareFilesystem(host, request, fs_type, device.device, deadline));
  const absl::StatusOr<bool> made = MakeTargetDirectory(host.files, request.staging_path);
  if (!made.ok()) return absl::InternalError(Message(made.status()));
  return ExplainMount(host.mounts.MountFilesystem({.device = device.device,
                                                   .target = request.staging_path,
                                                   .fs_type = std::string(NameOf(fs_type)),
                                                   .options = MountOptions(request, fs_type)},
                                                  deadline));
}

absl::Status StageBlockDevice(const Node& node, const StageRequest& request,
                              const NvmeNamespace& device) {
  absl::Status written = WriteDeviceRecord(node.host.files, request.staging_path, device.device);
  if (written.ok()) return written;
  return absl::InternalError(fmt::format("volume {}: the device cannot be recorded: {}",
                                         request.id.str(), Message(written)));
}

// Takes back what a failed call made, unless the device is in use after all.
void Undo(const Host& host, const StageRequest& request, const Connection& connection) {
  if (!connection.made_now) return;
  if (FindDeviceUse(host, connection.device.number).outcome == DeviceUse::Outcome::kInUse) return;
  Disconnect(host, request.target.nqn, host.clock.Now() + kUndoTimeout).IgnoreError();
}

}  // namespace

absl::StatusOr<FsType> ChooseFsType(const Capability& capability, const ConnectionTarget& target) {
  std::string_view name = capability.fs_type;
  if (name.empty()) name = target.fs_type;
  if (name.empty()) return FsType::kExt4;
  if (const std::optional<FsType> type = FindFsType(name)) return *type;
  return absl::InvalidArgumentError(
      fmt::format("filesystem type {} is not one of ext4, ext3, xfs", Quoted(name)));
}

absl::Status StageVolume(const Node& node, const StageRequest& request, absl::Time deadline) {
  // BLK-1, BLK-2: nothing about filesystems is looked at for a block volume.
  FsType fs_type = FsType::kExt4;
  if (!request.capability.block) {
    ASSIGN_OR_RETURN(fs_type, ChooseFsType(request.capability, request.target));
  }
  RETURN_IF_ERROR(
      CheckInsideKubeletDirectory(node.host.files, node.config.kubelet_dir, request.staging_path));
  ASSIGN_OR_RETURN(const FabricsTarget target, MakeFabricsTarget(node, request));
  RETURN_IF_ERROR(EvictOlderAttachment(node.host, target, deadline));
  ASSIGN_OR_RETURN(const Connection connection, Connect(node.host, target, deadline));

  const absl::Status staged =
      request.capability.block
          ? StageBlockDevice(node, request, connection.device)
          : StageFilesystem(node, request, fs_type, connection.device, deadline);
  if (!staged.ok()) Undo(node.host, request, connection);
  return staged;
}

}  // namespace rds_csi
