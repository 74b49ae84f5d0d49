// SPDX-License-Identifier: Apache-2.0
#include "node/adopt.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "fs/probe.h"
#include "node/mounting.h"
#include "nvme/anchor.h"
#include "nvme/disconnect.h"
#include "nvme/openers.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kLookTime = absl::Seconds(5);

// Nothing of the volume is mounted where it was staged, and nothing is connected.
bool IsAllGone(const Node& node, const StagedVolume& volume, const Link& link) {
  const absl::StatusOr<std::optional<Mount>> mount =
      FindMount(node.host.mounts, volume.staging_path);
  return link.empty() && mount.ok() && !*mount;
}

// After a reboot nothing is staged any more; kubelet stages anew what it wants. That a format was
// cut off is true all the same.
void ForgetFormerBoots(const Node& node, std::vector<StagedVolume>& volumes, Links& links) {
  const std::string boot = BootId(node.host.files);
  std::erase_if(volumes, [&](const StagedVolume& volume) {
    const bool former = !boot.empty() && !volume.boot_id.empty() && volume.boot_id != boot;
    return former && volume.phase != StagePhase::kFormatting &&
           IsAllGone(node, volume, links[volume.id.Nqn()]) && node.staged().Remove(volume.id).ok();
  });
}

bool AllOurs(const Node& node, const VolumeId& id, const Link& link) {
  for (const auto* side : {&link.to_rds, &link.to_anchor}) {
    for (const NvmeController& controller : *side) {
      if (!FindOwnHost(node.config.cluster_id, node.config.node, id, controller.host_nqn)) {
        return false;
      }
    }
  }
  return true;
}

void Report(const Node& node, const std::string& volume, const std::string& what) {
  Tell(node, Reason::kOrphanDetected, volume, what);
}

// Who has the device, as far as can be seen; empty: nobody. A filesystem whose unmount has not
// returned shows nowhere, but holds the device exclusively.
std::string UsersOf(const Host& host, const NvmeNamespace& device, absl::Time deadline) {
  const DeviceUse use = FindDeviceUse(host, device.number);
  if (use.outcome != DeviceUse::Outcome::kFree) return Join(use.users, ", ") + use.reason;
  const absl::Status held =
      Probe(host.exec, device.device, std::min(deadline, host.clock.Now() + kLookTime)).status();
  return held.ok() ? "" : Message(held);
}

// Connected as ours, and nobody's: no record claims it, and how it was staged cannot be told.
void CleanOrphan(const Node& node, const VolumeId& id, const Link& link, absl::Time deadline) {
  if (link.device) {
    const std::string users = UsersOf(node.host, *link.device, deadline);
    if (!users.empty()) {
      return Report(node, id.str(),
                    fmt::format("volume {} is connected ({}) and in use ({}), but it is not known "
                                "how it was staged; it is left alone until it is unstaged",
                                id.str(), link.device->device, users));
    }
  }
  const absl::Status gone = Disconnect(node.host, id.Nqn(), deadline);
  if (!gone.ok()) {
    return Report(node, id.str(),
                  fmt::format("volume {} is connected and unused, and cannot be "
                              "disconnected: {}",
                              id.str(), Message(gone)));
  }
  Tell(node, Reason::kOrphanCleaned, id.str(),
       fmt::format("volume {} was connected, unused and not staged; it is disconnected now",
                   id.str()));
}

void AdoptOne(const Node& node, const std::string& nqn, const Link& link, absl::Time deadline) {
  const absl::StatusOr<VolumeId> id =
      VolumeId::Parse(std::string_view(nqn).substr(kNqnPrefix.size()));
  if (!id.ok()) return Report(node, nqn, fmt::format("{} is connected, and none of ours", nqn));
  if (!AllOurs(node, *id, link)) {
    return Report(
        node, id->str(),
        fmt::format("{} is connected by somebody else than this driver; it is left alone", nqn));
  }
  const std::optional<StagedVolume> volume = Reconstruct(node, *id, link);
  if (!volume) return CleanOrphan(node, *id, link, deadline);
  const absl::Status written = node.staged().Put(*volume);
  if (!written.ok()) Report(node, id->str(), Message(written));
}

// Anchors whose controller is not there, and which no record claims.
absl::Status RemoveLeftAnchors(const Node& node, const std::set<std::string>& claimed,
                               const Links& links, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<std::string> anchors, FindAnchors(node.host.files));
  for (const std::string& nqn : anchors) {
    if (claimed.contains(nqn) || links.contains(nqn) || !nqn.starts_with(kNqnPrefix)) continue;
    const absl::Status removed = RemoveAnchor(node.host, nqn, deadline);
    if (!removed.ok()) Report(node, nqn.substr(kNqnPrefix.size()), Message(removed));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AdoptStaged(const Node& node, absl::Time deadline) {
  ASSIGN_OR_RETURN(StagedVolumes staged, node.staged().List());
  ASSIGN_OR_RETURN(Links links, FindLinks(node.host.files));
  ForgetFormerBoots(node, staged.volumes, links);
  std::set<std::string> claimed;
  for (const StagedVolume& volume : staged.volumes) claimed.insert(volume.id.Nqn());
  for (const DamagedRecord& record : staged.damaged) {
    claimed.insert(std::string(kNqnPrefix) + record.name);
  }
  for (const auto& [nqn, link] : links) {
    if (!claimed.contains(nqn) && !link.empty()) AdoptOne(node, nqn, link, deadline);
  }
  return RemoveLeftAnchors(node, claimed, links, deadline);
}

}  // namespace rds_csi
