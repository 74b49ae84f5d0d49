// SPDX-License-Identifier: Apache-2.0
#include "nvme/anchor.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/status.h"
#include "base/text.h"
#include "nvme/anchor_device.h"
#include "nvme/anchor_target.h"
#include "nvme/controllers.h"
#include "nvme/rescan.h"

namespace rds_csi {
namespace {

constexpr int64_t kBlockBytes = 512;
constexpr int32_t kReconnectSeconds = 2;
constexpr absl::Duration kJoinTimeout = absl::Seconds(15);
constexpr absl::Duration kUndoTimeout = absl::Seconds(15);

// --- what must hold before an anchor is made ---

absl::Status CheckMultipath(Files& files) {
  const absl::StatusOr<std::string> multipath =
      files.Read("/sys/module/nvme_core/parameters/multipath");
  if (multipath.ok() && Trim(*multipath) == "Y") return absl::OkStatus();
  return absl::FailedPreconditionError(
      "this kernel has no native NVMe multipath, or it is switched off (nvme_core.multipath=N)");
}

// A module that is only not loaded yet is loaded, where there is a modprobe that can.
absl::Status CheckNvmet(const Host& host, absl::Time deadline) {
  const std::string folder(kNvmetFolder);
  if (host.files.Stat(folder).ok()) return absl::OkStatus();
  if (!host.files.Stat("/sys/kernel/config").ok()) {
    return absl::FailedPreconditionError(
        "configfs is not at /sys/kernel/config (mount -t configfs configfs /sys/kernel/config)");
  }
  host.exec.Run({"modprobe", "-a", "nvmet", "nvmet-tcp", "dm-mod"}, "", deadline)
      .status()
      .IgnoreError();
  if (host.files.Stat(folder).ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("{} is not there: the kernel's nvmet is not loaded (modprobe -a nvmet nvmet-tcp "
                  "dm-mod), or configfs is not mounted",
                  folder));
}

absl::Status CheckNamespace(const NvmeNamespace& device) {
  std::string reason;
  if (device.block_bytes != kBlockBytes) {
    reason = fmt::format("its blocks have {} bytes and not 512", device.block_bytes);
  } else if (device.nsid <= 0) {
    reason = "it has no namespace id";
  } else if (!device.eui.empty()) {
    reason = "it has an EUI-64, which nvmet cannot show";
  } else if (device.size_bytes <= 0) {
    reason = "it has no size";
  }
  if (reason.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("{} cannot have an anchor: {}", device.device, reason));
}

absl::Status RefuseForeign(const std::string& nqn) {
  return absl::FailedPreconditionError(fmt::format(
      "this kernel's nvmet has a subsystem {} that is no anchor; it is left alone", nqn));
}

// --- what there is ---

// An anchor and its volume, as sysfs shows them at one moment.
struct Sight {
  std::vector<NvmeController> anchors;
  std::optional<NvmeNamespace> device;
  std::optional<NvmePath> anchor_path;
  bool live = false;         // a path to the RDS works
  int64_t volume_bytes = 0;  // what that path says
};

absl::StatusOr<Sight> Look(Files& files, const std::string& nqn) {
  ASSIGN_OR_RETURN(const std::vector<NvmeController> controllers, FindControllers(files, nqn));
  Sight sight;
  sight.anchors = OnlyAnchors(controllers);
  ASSIGN_OR_RETURN(sight.device, FindNamespace(files, nqn));
  if (!sight.device) return sight;
  ASSIGN_OR_RETURN(const std::vector<NvmePath> paths, FindPaths(files, *sight.device));
  for (const NvmePath& path : paths) {
    for (const NvmeController& controller : controllers) {
      if (controller.name != path.controller) continue;
      if (IsAnchor(controller)) {
        sight.anchor_path = path;
      } else if (controller.state == "live") {
        sight.live = true;
        sight.volume_bytes = std::max(sight.volume_bytes, path.size_bytes);
      }
    }
  }
  return sight;
}

bool IsInaccessible(const Sight& sight) {
  return sight.anchor_path && sight.anchor_path->ana_state == "inaccessible";
}

bool IsWhole(const Sight& sight) {
  return IsInaccessible(sight) && sight.anchors.size() == 1 && sight.anchors[0].state == "live";
}

absl::Status RefuseAnotherAttachment(const Sight& sight, const std::string& nqn,
                                     const HostIdentity& identity) {
  for (const NvmeController& anchor : sight.anchors) {
    if (anchor.host_nqn == identity.nqn) continue;
    return absl::FailedPreconditionError(
        fmt::format("{} has an anchor of another attachment ({})", nqn, anchor.host_nqn));
  }
  return absl::OkStatus();
}

// --- the acts ---

absl::Status ConnectAnchor(const Host& host, const std::string& nqn, const HostIdentity& identity,
                           absl::Time deadline) {
  const FabricsTarget target = {
      .address = {std::string(kAnchorAddress), kAnchorPort},
      .nqn = nqn,
      .host = identity,
      .timeouts = {.ctrl_loss_seconds = -1, .reconnect_delay_seconds = kReconnectSeconds},
      .io_queues = 1};
  const absl::Status connected = ConnectController(host, target, deadline).status();
  if (absl::IsAlreadyExists(connected)) return absl::OkStatus();
  if (absl::IsInternal(connected)) {  // EINVAL
    return absl::FailedPreconditionError(fmt::format(
        "the kernel does not take the anchor of {} ({}): the RDS may not allow a second controller "
        "in its subsystem; the kernel log has the reason",
        nqn, Message(connected)));
  }
  return Annotate(connected, fmt::format("connecting the anchor of {}", nqn));
}

bool IsOf(const Sight& sight, const NvmeNamespace& device) {
  return sight.device && sight.device->number == device.number;
}

absl::Status WaitUntilJoined(const Host& host, const std::string& nqn, const NvmeNamespace& device,
                             absl::Time deadline) {
  const absl::Time until = std::min(deadline, host.clock.Now() + kJoinTimeout);
  while (true) {
    const uint64_t seen = host.events.Count();
    ASSIGN_OR_RETURN(const Sight sight, Look(host.files, nqn));
    if (IsWhole(sight) && IsOf(sight, device)) return absl::OkStatus();
    if (sight.anchor_path && !IsInaccessible(sight)) {
      return absl::FailedPreconditionError(
          fmt::format("the anchor {} of {} is {} and not inaccessible", sight.anchor_path->name,
                      nqn, sight.anchor_path->ana_state));
    }
    if (host.clock.Now() >= until) {
      return absl::FailedPreconditionError(fmt::format(
          "the kernel did not join the anchor of {} to its block device; its log has the "
          "reason",
          nqn));
    }
    host.events.Wait(seen, until);
  }
}

absl::Status CheckVolumeSize(const Sight& sight, const std::string& nqn, int64_t size_bytes) {
  if (!sight.live || !sight.device) {
    return absl::UnavailableError(
        fmt::format("{} has no live connection to the RDS that tells its size", nqn));
  }
  if (sight.volume_bytes >= size_bytes) return absl::OkStatus();
  return absl::UnavailableError(
      fmt::format("{} has {} bytes and not yet {}; the RDS has not told this node its new size",
                  nqn, sight.volume_bytes, size_bytes));
}

// One step towards sizes that agree; true when they do. The path to the RDS is looked at before the
// anchor is touched: then it is in use again, and stays so when the anchor gets the same size.
absl::StatusOr<bool> SettleSizes(const Host& host, const std::string& nqn, const Sight& sight,
                                 absl::Time deadline) {
  if (sight.device->size_bytes != sight.volume_bytes) {
    ASSIGN_OR_RETURN(const std::vector<NvmeController> controllers,
                     FindControllers(host.files, nqn));
    RETURN_IF_ERROR(Rescan(host, controllers, deadline));
    return false;
  }
  RETURN_IF_ERROR(ProvideAnchorDevice(host, nqn, sight.volume_bytes, deadline));
  if (!IsWhole(sight)) return true;  // it is told when its connection comes back
  if (sight.anchor_path->size_bytes == sight.volume_bytes) return true;
  RETURN_IF_ERROR(RefreshAnchorTarget(host.files, nqn));
  return false;
}

absl::Status Build(const Host& host, const std::string& nqn, const HostIdentity& identity,
                   const NvmeNamespace& device, absl::Time deadline) {
  RETURN_IF_ERROR(ProvideAnchorDevice(host, nqn, device.size_bytes, deadline));
  RETURN_IF_ERROR(ProvideAnchorTarget(host.files, nqn, identity, device));
  RETURN_IF_ERROR(RefreshAnchorTarget(host.files, nqn));
  RETURN_IF_ERROR(ConnectAnchor(host, nqn, identity, deadline));
  return WaitUntilJoined(host, nqn, device, deadline);
}

// Unless the connection to the RDS was lost meanwhile, and the block device lives by the anchor.
void Undo(const Host& host, const std::string& nqn, const NvmeNamespace& device) {
  const absl::StatusOr<Sight> sight = Look(host.files, nqn);
  if (sight.ok() && !sight->live && IsInaccessible(*sight) && IsOf(*sight, device)) return;
  RemoveAnchor(host, nqn, host.clock.Now() + kUndoTimeout).IgnoreError();
}

}  // namespace

absl::Status MakeAnchor(const Host& host, const std::string& nqn, const HostIdentity& identity,
                        const NvmeNamespace& device, absl::Time deadline) {
  RETURN_IF_ERROR(CheckMultipath(host.files));
  RETURN_IF_ERROR(CheckNamespace(device));
  RETURN_IF_ERROR(CheckNvmet(host, deadline));
  ASSIGN_OR_RETURN(const AnchorTarget target, FindAnchorTarget(host.files, nqn));
  if (target == AnchorTarget::kForeign) return RefuseForeign(nqn);
  ASSIGN_OR_RETURN(const Sight sight, Look(host.files, nqn));
  RETURN_IF_ERROR(RefuseAnotherAttachment(sight, nqn, identity));
  if (IsWhole(sight)) return absl::OkStatus();
  if (!sight.live) {
    return absl::UnavailableError(
        fmt::format("{} has no live connection to the RDS that an anchor could stand beside", nqn));
  }
  if (!AnchorTargetFits(host.files, nqn, identity, device)) {
    RETURN_IF_ERROR(RemoveAnchor(host, nqn, deadline));
  }
  NvmeNamespace volume = device;
  volume.size_bytes = sight.volume_bytes;  // the head may have that of the rests of an anchor
  if (absl::Status built = Build(host, nqn, identity, volume, deadline); !built.ok()) {
    Undo(host, nqn, device);
    return built;
  }
  return GrowAnchor(host, nqn, /*size_bytes=*/0, deadline);  // it may have grown meanwhile
}

absl::Status GrowAnchor(const Host& host, const std::string& nqn, int64_t size_bytes,
                        absl::Time deadline) {
  ASSIGN_OR_RETURN(const AnchorTarget target, FindAnchorTarget(host.files, nqn));
  if (target != AnchorTarget::kOurs) return absl::OkStatus();
  while (true) {
    const uint64_t seen = host.events.Count();
    ASSIGN_OR_RETURN(const Sight sight, Look(host.files, nqn));
    RETURN_IF_ERROR(CheckVolumeSize(sight, nqn, size_bytes));
    ASSIGN_OR_RETURN(const bool settled, SettleSizes(host, nqn, sight, deadline));
    if (settled) return absl::OkStatus();
    if (host.clock.Now() >= deadline) {
      return absl::UnavailableError(
          fmt::format("{} has {} bytes, its path to the RDS {} and its anchor {}",
                      sight.device->device, sight.device->size_bytes, sight.volume_bytes,
                      sight.anchor_path ? sight.anchor_path->size_bytes : 0));
    }
    host.events.Wait(seen, deadline);
  }
}

absl::Status RemoveAnchor(const Host& host, const std::string& nqn, absl::Time deadline) {
  RETURN_IF_ERROR(RemoveControllers(host, nqn, ControllerKind::kAnchor, deadline));
  ASSIGN_OR_RETURN(const AnchorTarget target, FindAnchorTarget(host.files, nqn));
  if (target == AnchorTarget::kOurs) RETURN_IF_ERROR(RemoveAnchorTarget(host.files, nqn));
  return RemoveAnchorDevice(host, nqn, deadline);
}

absl::StatusOr<std::vector<std::string>> FindAnchors(Files& files) {
  ASSIGN_OR_RETURN(std::vector<std::string> nqns, FindAnchorTargets(files));
  ASSIGN_OR_RETURN(const std::vector<std::string> devices, FindAnchorDevices(files));
  nqns.insert(nqns.end(), devices.begin(), devices.end());
  std::sort(nqns.begin(), nqns.end());
  nqns.erase(std::unique(nqns.begin(), nqns.end()), nqns.end());
  return nqns;
}

}  // namespace rds_csi
