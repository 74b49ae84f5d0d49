// SPDX-License-Identifier: Apache-2.0
#include "node/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/status.h"
#include "node/mounting.h"
#include "node/stale.h"
#include "node/target_path.h"

namespace rds_csi {
namespace {

using Severity = Finding::Severity;

LinkState StateOf(const Link& link) {
  if (link.works()) return LinkState::kLive;
  return link.to_rds.empty() ? LinkState::kLost : LinkState::kConnecting;
}

std::string SinceWhen(const StagedVolume& volume) {
  if (volume.lost_unix_seconds == 0) return "";
  return fmt::format(" since {}", absl::FormatTime(absl::RFC3339_sec,
                                                   absl::FromUnixSeconds(volume.lost_unix_seconds),
                                                   absl::UTCTimeZone()));
}

Finding Lost(const StagedVolume& volume, const Link& link) {
  if (link.device) {
    return {Severity::kDegraded, std::string(kConnectionLost),
            fmt::format("the connection to the RDS at {} is lost{}; I/O waits ({})",
                        ToString(volume.address), SinceWhen(volume),
                        link.to_anchor.empty() ? "the kernel tries to connect again"
                                               : "an anchor keeps the device")};
  }
  return {Severity::kInaccessible, std::string(kDeviceGone),
          fmt::format("the connection to the RDS at {} is lost{} and the block device is gone; "
                      "I/O fails. Restart the pods that use it, and it is mounted anew",
                      ToString(volume.address), SinceWhen(volume))};
}

std::optional<Finding> JudgeLifeline(const StagedVolume& volume) {
  switch (volume.lifeline) {
    case Lifeline::kOff:
    case Lifeline::kAnchor:
    case Lifeline::kGivenUp:
      return std::nullopt;
    case Lifeline::kDelayedRemoval:
      return Finding{Severity::kDegraded, "DelayedRemoval",
                     "no anchor can be had on this node; the kernel's delayed_removal_secs keep "
                     "the device while the RDS is away"};
    case Lifeline::kRecovery:
      return Finding{Severity::kDegraded, "NoAnchor",
                     "neither an anchor nor delayed_removal_secs can be had on this node: when the "
                     "connection is given up, I/O fails and the pods must be restarted"};
    case Lifeline::kWanted:
    case Lifeline::kMaking:
      return Finding{Severity::kDegraded, "AnchorMissing",
                     "the anchor is not made yet: if the connection is given up now, I/O fails"};
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<StagedVolume>> FindVolume(const Node& node,
                                                       const HealthRequest& request,
                                                       const Link& link) {
  absl::StatusOr<std::optional<StagedVolume>> volume = node.staged().Find(request.id);
  if (volume.ok() && !*volume && link.empty()) {
    return absl::NotFoundError(
        fmt::format("volume {} is not staged on this node", request.id.str()));
  }
  return volume;
}

}  // namespace

std::vector<Finding> JudgeConnection(const StagedVolume& volume, const Link& link) {
  std::vector<Finding> findings;
  if (volume.phase != StagePhase::kStaged) return findings;  // on its way, and that is all
  if (!link.works()) findings.push_back(Lost(volume, link));
  if (std::optional<Finding> finding = JudgeLifeline(volume)) {
    findings.push_back(*std::move(finding));
  }
  return findings;
}

std::optional<Finding> JudgePath(const Node& node, const VolumeId& id, const std::string& path,
                                 absl::Time deadline) {
  const absl::StatusOr<std::optional<Mount>> mount = FindMount(node.host.mounts, path);
  if (!mount.ok() || !*mount || (*mount)->fs_type == "devtmpfs") return std::nullopt;
  const absl::StatusOr<MountVerdict> verdict =
      JudgeMount(node.host, id.Nqn(), *mount, !(*mount)->read_only(), deadline);
  if (!verdict.ok() || verdict->stale.empty()) return std::nullopt;
  return Finding{Severity::kInaccessible, "StaleMount",
                 fmt::format("volume {}: what is mounted at {} is dead: {}; restart the pod to "
                             "mount it again",
                             id.str(), path, verdict->stale)};
}

absl::StatusOr<std::vector<Finding>> GetVolumeHealth(const Node& node, const HealthRequest& request,
                                                     absl::Time deadline) {
  ASSIGN_OR_RETURN(const Link link, FindLink(node.host.files, request.id.Nqn()));
  const absl::StatusOr<std::optional<StagedVolume>> volume = FindVolume(node, request, link);
  if (absl::IsNotFound(volume.status())) return volume.status();
  std::vector<Finding> findings;
  if (!volume.ok()) {
    findings.push_back({Severity::kDegraded, "DamagedRecord", Message(volume.status())});
  } else if (*volume) {
    findings = JudgeConnection(**volume, link);
  }
  const absl::Status stuck = node.quarantine.Check(request.id);
  if (!stuck.ok()) findings.push_back({Severity::kInaccessible, "Quarantined", Message(stuck)});
  for (const std::string& path : {request.staging_path, request.publish_path}) {
    if (path.empty() ||
        !CheckInsideKubeletDirectory(node.host.files, node.config.kubelet_dir, path).ok()) {
      continue;
    }
    if (auto finding = JudgePath(node, request.id, path, deadline)) {
      findings.push_back(*std::move(finding));
    }
  }
  return findings;
}

absl::StatusOr<std::vector<StorageFinding>> GetStorageHealth(const Node& node) {
  ASSIGN_OR_RETURN(const StagedVolumes staged, node.staged().List());
  ASSIGN_OR_RETURN(Links links, FindLinks(node.host.files));
  std::map<std::string, std::pair<int, int>> counts;  // by address: volumes, and those that work
  for (const StagedVolume& volume : staged.volumes) {
    if (volume.phase != StagePhase::kStaged) continue;
    auto& [all, working] = counts[ToString(volume.address)];
    ++all;
    if (links[volume.id.Nqn()].works()) ++working;
  }
  std::vector<StorageFinding> findings;
  for (const auto& [address, count] : counts) {
    if (count.second == count.first) continue;
    findings.push_back({.unreachable = count.second == 0,
                        .message = fmt::format("{} of {} volumes of the RDS at {} are connected",
                                               count.second, count.first, address)});
  }
  return findings;
}

std::vector<StagedState> GetStagedStates(const Node& node) {
  const absl::StatusOr<StagedVolumes> staged = node.staged().List();
  absl::StatusOr<Links> links = FindLinks(node.host.files);
  std::vector<StagedState> states;
  if (!staged.ok() || !links.ok()) return states;
  for (const StagedVolume& volume : staged->volumes) {
    states.push_back({.volume_id = volume.id.str(),
                      .link = StateOf((*links)[volume.id.Nqn()]),
                      .survives_by = SurvivalOf(volume.lifeline),
                      .quarantined = !node.quarantine.Check(volume.id).ok()});
  }
  return states;
}

}  // namespace rds_csi
