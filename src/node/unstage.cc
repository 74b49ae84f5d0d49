// SPDX-License-Identifier: Apache-2.0
#include "node/unstage.h"

#include <fmt/format.h>

#include <optional>

#include "base/status.h"
#include "base/text.h"
#include "node/device_record.h"
#include "node/mounting.h"
#include "node/target_path.h"
#include "nvme/disconnect.h"
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

}  // namespace

absl::StatusOr<Warnings> UnstageVolume(const Node& node, const UnstageRequest& request,
                                       absl::Time deadline) {
  const Host& host = node.host;
  RETURN_IF_ERROR(
      CheckInsideKubeletDirectory(host.files, node.config.kubelet_dir, request.staging_path));
  RETURN_IF_ERROR(UnmountAll(host, request.staging_path, deadline));

  Warnings warnings;
  const std::string nqn = request.id.Nqn();
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device, FindNamespace(host.files, nqn));
  if (device) RETURN_IF_ERROR(CheckUnused(host, request.id, *device, warnings));  // else USE-4
  if (host.clock.Now() >= deadline) {  // USE-5: time that ran out says nothing about the device
    return absl::DeadlineExceededError(
        fmt::format("volume {}: unmounted, not disconnected yet", request.id.str()));
  }
  RETURN_IF_ERROR(Disconnect(host, nqn, deadline));
  RETURN_IF_ERROR(RemoveDeviceRecord(host.files, request.staging_path));
  return warnings;
}

}  // namespace rds_csi
