// SPDX-License-Identifier: Apache-2.0
#include "node/unstage.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "fs/probe.h"
#include "node/device_record.h"
#include "node/evict.h"
#include "node/mounting.h"
#include "node/target_path.h"
#include "nvme/disconnect.h"
#include "nvme/link.h"
#include "nvme/openers.h"
#include "nvme/subsystem.h"

namespace rds_csi {
namespace {

// OK when the device may be disconnected.
absl::Status CheckUnused(const Host& host, const VolumeId& id, const NvmeNamespace& device,
                         Warnings& warnings) {
  const DeviceUse use = FindDeviceUse(host, device.number);
  switch (use.outcome) {
    case DeviceUse::Outcome::kFree:
      return absl::OkStatus();
    case DeviceUse::Outcome::kInUse:
      return absl::FailedPreconditionError(fmt::format(
          "volume {}: {} has open file descriptors or mounts: {}; terminate the pod that uses it, "
          "then it will be unstaged",
          id.str(), device.device, Join(use.users, ", ")));
    case DeviceUse::Outcome::kTimedOut:
      warnings.push_back(fmt::format(
          "the search for users of {} timed out, so it is taken for dead and disconnected: {}",
          device.device, use.reason));
      return absl::OkStatus();
    case DeviceUse::Outcome::kFailed:
      warnings.push_back(
          fmt::format("the search for users of {} failed, disconnecting all the "
                      "same: {}",
                      device.device, use.reason));
      return absl::OkStatus();
  }
  return absl::InternalError("unknown outcome");
}

constexpr absl::Duration kUnmountTime = absl::Seconds(30);
constexpr absl::Duration kLookTime = absl::Seconds(5);

using Record = std::optional<StagedVolume>;

// From kUnstaging on the keeper leaves the volume alone. An attachment that is over stays so.
absl::Status Mark(const Node& node, Record& record, StagePhase phase) {
  if (!record || record->phase == StagePhase::kEvicting) return absl::OkStatus();
  return node.staged().PutPhase(*record, phase);
}

// The kernel takes a mount out of its list before it has written what waits. The superblock holds
// the device exclusively until that is done, and so shows that it is not.
absl::Status CheckLetGo(const Host& host, const VolumeId& id, absl::Time deadline) {
  ASSIGN_OR_RETURN(const Link link, FindLink(host.files, id.Nqn()));
  if (!link.device) return absl::OkStatus();  // nothing waits any more, or ever will
  absl::Status held = link.works() ? Probe(host.exec, link.device->device,
                                           std::min(deadline, host.clock.Now() + kLookTime))
                                         .status()
                                   : absl::UnavailableError("its connection to the RDS is lost");
  if (held.ok()) return held;
  return absl::UnavailableError(
      fmt::format("volume {} was unmounted, but not everything is known to be written: {}",
                  id.str(), Message(held)));
}

// Takes the mounts off the staging path, with all that was written to them.
absl::Status UnmountStaging(const Node& node, const UnstageRequest& request, Record& record,
                            absl::Time deadline) {
  const Host& host = node.host;
  ASSIGN_OR_RETURN(const std::optional<Mount> mount, FindMount(host.mounts, request.staging_path));
  if (!mount) {
    const bool cut_off = record && record->phase == StagePhase::kUnmounting;
    return cut_off ? CheckLetGo(host, request.id, deadline) : absl::OkStatus();
  }
  if (IsAnotherVolume(host, *mount, request.id.Nqn())) {
    return absl::FailedPreconditionError(
        fmt::format("volume {}: what is mounted at {} is {}, which is another volume's",
                    request.id.str(), request.staging_path, mount->source));
  }
  RETURN_IF_ERROR(Mark(node, record, StagePhase::kUnmounting));
  absl::Status unmounted =
      UnmountAll(host, request.staging_path, std::min(deadline, host.clock.Now() + kUnmountTime));
  // Busy: the kernel did nothing.
  if (absl::IsFailedPrecondition(unmounted)) {
    RETURN_IF_ERROR(Mark(node, record, StagePhase::kStaged));
  }
  return unmounted;
}

// Looks who uses the device, when nothing is left to do but to disconnect it: to record that can
// take as long as a disk may take, and somebody could open the device meanwhile. A volume that is
// not let go yet is kept alive as before.
absl::Status PrepareToDisconnect(const Node& node, const VolumeId& id, Record& record,
                                 Warnings& warnings, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device,
                   FindNamespace(node.host.files, id.Nqn()));
  const StagePhase before = record ? record->phase : StagePhase::kUnstaging;
  RETURN_IF_ERROR(Mark(node, record, StagePhase::kUnstaging));
  absl::Status ready;
  if (device) ready = CheckUnused(node.host, id, *device, warnings);  // else USE-4
  if (ready.ok() && node.host.clock.Now() >= deadline) {
    // USE-5: time that ran out says nothing about the device
    ready = absl::DeadlineExceededError(
        fmt::format("volume {}: unmounted, not disconnected yet", id.str()));
  }
  if (!ready.ok()) RETURN_IF_ERROR(Mark(node, record, before));
  return ready;
}

}  // namespace

absl::StatusOr<Warnings> UnstageVolume(const Node& node, const UnstageRequest& request,
                                       absl::Time deadline) {
  const Host& host = node.host;
  RETURN_IF_ERROR(
      CheckInsideKubeletDirectory(host.files, node.config.kubelet_dir, request.staging_path));
  Warnings warnings;
  absl::StatusOr<Record> found = node.staged().Find(request.id);
  if (!found.ok()) warnings.push_back(Message(found.status()));
  Record record = found.ok() ? *std::move(found) : std::nullopt;
  if (record) RETURN_IF_ERROR(FinishEviction(node, *record, deadline));
  RETURN_IF_ERROR(UnmountStaging(node, request, record, deadline));
  RETURN_IF_ERROR(PrepareToDisconnect(node, request.id, record, warnings, deadline));
  RETURN_IF_ERROR(Disconnect(host, request.id.Nqn(), deadline));
  RETURN_IF_ERROR(RemoveDeviceRecord(host.files, request.staging_path));
  RETURN_IF_ERROR(node.staged().Remove(request.id));
  return warnings;
}

}  // namespace rds_csi
