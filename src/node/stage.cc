// SPDX-License-Identifier: Apache-2.0
#include "node/stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "node/device_record.h"
#include "node/evict.h"
#include "node/lifeline.h"
#include "node/mounting.h"
#include "node/needs.h"
#include "node/prepare.h"
#include "node/target_path.h"
#include "nvme/connect.h"
#include "nvme/disconnect.h"
#include "nvme/link.h"
#include "nvme/openers.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kUndoTimeout = absl::Seconds(15);

std::vector<std::string> MountOptions(const StageRequest& request, FsType fs_type) {
  std::vector<std::string> options = KernelMountFlags(request.capability.mount_flags);
  if (IsForReading(request.capability)) options.push_back("ro");
  // A copy has the UUID of its source, which may be mounted on this very node.
  if (fs_type == FsType::kXfs && request.target.formatting == Formatting::kNever) {
    options.push_back("nouuid");
  }
  return options;
}

// The record of the volume as this request wants it, before anything is done.
StagedVolume Plan(const Node& node, const StageRequest& request, FsType fs_type) {
  StagedVolume plan = {.id = request.id};
  plan.boot_id = BootId(node.host.files);
  plan.staging_path = request.staging_path;
  plan.block = request.capability.block;
  if (!plan.block) {
    plan.fs_type = NameOf(fs_type);
    plan.mount_options = MountOptions(request, fs_type);
  }
  plan.address = request.target.address;
  plan.host = request.target.host.value_or(NodeIdentity(node.config.cluster_id, node.config.node));
  plan.generation = request.target.generation;
  plan.timeouts = request.target.timeouts;
  plan.timeouts.anchor_seconds =
      request.target.timeouts.anchor_seconds.value_or(node.config.anchor_seconds);
  plan.claim = request.claim;
  return plan;
}

// Staged already, for this very attachment and at this place. That goes for one whose unmount did
// not return as well: what it wrote still waits.
bool IsHere(const StagedVolume& before, const StagedVolume& plan) {
  return IsKept(before) && before.boot_id == plan.boot_id && before.host == plan.host &&
         before.staging_path == plan.staging_path;
}

bool IsSameKind(const StagedVolume& before, const StagedVolume& plan) {
  return before.block == plan.block && before.fs_type == plan.fs_type;
}

// Then what is known of it goes on being true while this call works.
bool IsStill(const StagedVolume& before, const StagedVolume& plan) {
  return IsHere(before, plan) && IsSameKind(before, plan);
}

// CSI has it so. A device would be recorded inside of the mounted filesystem, and a filesystem be
// made on a device that a virtual machine has.
absl::Status CheckSameKind(const std::optional<StagedVolume>& before, const StagedVolume& plan) {
  if (!before || before->phase != StagePhase::kStaged || !IsHere(*before, plan) ||
      IsSameKind(*before, plan)) {
    return absl::OkStatus();
  }
  const auto kind = [](const StagedVolume& volume) {
    return volume.block ? std::string("a block device") : volume.fs_type;
  };
  return absl::AlreadyExistsError(fmt::format("volume {} is staged at {} already, as {}, not as {}",
                                              plan.id.str(), plan.staging_path, kind(*before),
                                              kind(plan)));
}

// `plan`, with what is known of the volume.
StagedVolume Resume(const StagedVolume& before, StagedVolume plan) {
  plan.phase = before.phase;
  plan.device = before.device;
  plan.size_bytes = before.size_bytes;
  plan.lifeline = before.lifeline;
  plan.lost_unix_seconds = before.lost_unix_seconds;
  return plan;
}

// Mounted at the staging path already? Answers true when it is this very device. A mount of a
// device that is gone is left from before the connection was lost and is taken away.
absl::StatusOr<bool> IsMountedAt(const Host& host, const std::string& staging_path,
                                 const NvmeNamespace& device, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<Mount> mount, FindMount(host.mounts, staging_path));
  if (!mount) return false;
  if (mount->number == device.number) return true;
  // major 0: a tmpfs, for example
  if (mount->number.major == 0 || IsBlockDevice(host.files, mount->number)) {
    return absl::AlreadyExistsError(fmt::format("{} is mounted at {}, where {} was to be staged",
                                                mount->source, staging_path, device.device));
  }
  RETURN_IF_ERROR(UnmountAll(host, staging_path, deadline));
  return false;
}

// What the kernel calls an invalid argument is a mount option that it does not take.
absl::Status ExplainMount(const absl::Status& mounted) {
  if (!absl::IsInternal(mounted)) return mounted;
  return absl::FailedPreconditionError(
      fmt::format("{} (mount flags of the StorageClass or volume?)", Message(mounted)));
}

absl::Status StageFilesystem(const Node& node, const StageRequest& request, FsType fs_type,
                             StagedVolume& volume, const NvmeNamespace& device,
                             absl::Time deadline) {
  const Host& host = node.host;
  RETURN_IF_ERROR(PrepareFilesystem(node, request, fs_type, volume, device, deadline));
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
  const absl::StatusOr<std::optional<std::string>> recorded =
      FindDeviceRecord(node.host.files, request.staging_path);
  if (recorded.ok() && *recorded == device.device) return absl::OkStatus();
  absl::Status written = WriteDeviceRecord(node.host.files, request.staging_path, device.device);
  if (written.ok()) return written;
  if (recorded.ok() && !*recorded) {
    RemoveDeviceRecord(node.host.files, request.staging_path).IgnoreError();
  }
  return absl::InternalError(fmt::format("volume {}: the device cannot be recorded: {}",
                                         request.id.str(), Message(written)));
}

// Takes back what a failed call connected, unless the device is in use after all. Not of a volume
// that was staged before: who uses it may not be seen (an unmount that has not returned).
void Undo(const Host& host, const StagedVolume& volume, const Connection& connection) {
  if (!connection.made_now || IsKept(volume)) return;
  if (FindDeviceUse(host, connection.device.number).outcome == DeviceUse::Outcome::kInUse) return;
  Disconnect(host, volume.id.Nqn(), host.clock.Now() + kUndoTimeout).IgnoreError();
}

// A record of what was never staged goes, if nothing of it is left in the kernel, nor a filesystem
// half made on the device.
void ForgetUnstaged(const Node& node, const StagedVolume& volume) {
  const absl::StatusOr<Link> link = FindLink(node.host.files, volume.id.Nqn());
  if (volume.phase == StagePhase::kFormatting || !link.ok() || !link->empty()) return;
  node.staged().Remove(volume.id).IgnoreError();
}

// The volume is connected, and mounted or recorded.
absl::Status Finish(const Node& node, StagedVolume volume, const NvmeNamespace& device,
                    absl::Time deadline) {
  const StagedVolume before = volume;
  volume.phase = StagePhase::kStaged;
  volume.lost_unix_seconds = 0;
  if (volume.device != device.number || volume.lifeline == Lifeline::kGivenUp) {
    volume.device = device.number;
    volume.lifeline = Lifeline::kWanted;
  }
  if (volume.lifeline == Lifeline::kWanted) {
    // Recorded together, since each record costs a sync.
    if (PatienceOf(volume) > absl::ZeroDuration()) volume.lifeline = Lifeline::kMaking;
    if (volume.lifeline == Lifeline::kWanted) volume.lifeline = Lifeline::kOff;
  }
  if (volume != before) RETURN_IF_ERROR(node.staged().Put(volume));
  if (volume.lifeline != Lifeline::kMaking) return absl::OkStatus();
  return MakeLifeline(node, volume, device, deadline);
}

absl::Status Use(const Node& node, const StageRequest& request, FsType fs_type,
                 StagedVolume& volume, const NvmeNamespace& device, absl::Time deadline) {
  ASSIGN_OR_RETURN(const bool mounted,
                   IsMountedAt(node.host, request.staging_path, device, deadline));
  if (!request.capability.block) {
    if (mounted) return absl::OkStatus();
    return StageFilesystem(node, request, fs_type, volume, device, deadline);
  }
  if (!mounted) return StageBlockDevice(node, request, device);
  // It would be recorded inside of the filesystem.
  return absl::AlreadyExistsError(
      fmt::format("{} is mounted at {}, where it was to be staged as a block device", device.device,
                  request.staging_path));
}

// Connects what is recorded as `volume` and makes it usable.
absl::Status Carry(const Node& node, const StageRequest& request, FsType fs_type,
                   StagedVolume& volume, absl::Time deadline) {
  // Whatever of another attachment there was has been taken away.
  ASSIGN_OR_RETURN(const Connection connection,
                   Connect(node.host, TargetOf(volume), deadline, Orphan::kJoin));
  absl::Status used = Use(node, request, fs_type, volume, connection.device, deadline);
  if (used.ok()) return Finish(node, volume, connection.device, deadline);
  Undo(node.host, volume, connection);
  return used;
}

absl::Status StageAs(const Node& node, const StageRequest& request, FsType fs_type,
                     const StagedVolume& plan, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<StagedVolume> before, node.staged().Find(request.id));
  RETURN_IF_ERROR(CheckSameKind(before, plan));
  RETURN_IF_ERROR(EvictOlderAttachments(node, TargetOf(plan), before, deadline));
  const bool still = before && IsStill(*before, plan);
  StagedVolume volume = still ? Resume(*before, plan) : plan;
  if (before && IsHalfFormatted(*before, plan)) volume.phase = StagePhase::kFormatting;
  if (before != volume) RETURN_IF_ERROR(node.staged().Put(volume));
  const absl::Status staged = Carry(node, request, fs_type, volume, deadline);
  if (!staged.ok() && !still) ForgetUnstaged(node, volume);
  return staged;
}

// The pod's owner learns of what the caller retries for ever.
void TellFailure(const Node& node, const StagedVolume& volume, const absl::Status& status) {
  const bool connection = absl::IsUnavailable(status);
  Tell(node, connection ? Reason::kConnectionFailure : Reason::kMountFailure, volume,
       fmt::format("volume {} cannot be staged: {}", volume.id.str(), Message(status)));
}

// Of this call, an earlier one, or from before a reboot. What cannot be told is held to be there.
bool LeavesSomething(const Node& node, const StagedVolume& plan) {
  const absl::StatusOr<std::optional<StagedVolume>> left = node.staged().Find(plan.id);
  if (!left.ok() || (*left && (*left)->host == plan.host)) return true;
  const absl::StatusOr<Link> link = FindLink(node.host.files, plan.id.Nqn());
  if (!link.ok() || !link->empty()) return true;
  if (!plan.block) return false;
  const absl::StatusOr<std::optional<std::string>> recorded =
      FindDeviceRecord(node.host.files, plan.staging_path);
  return !recorded.ok() || *recorded;
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
  const StagedVolume plan = Plan(node, request, fs_type);
  absl::Status staged = StageAs(node, request, fs_type, plan, deadline);
  if (staged.ok()) return staged;
  TellFailure(node, plan, staged);
  // kubelet forgets a volume that failed with INTERNAL, and nobody would unstage what is left.
  if (!absl::IsInternal(staged) || !LeavesSomething(node, plan)) return staged;
  return absl::UnavailableError(Message(staged));
}

}  // namespace rds_csi
