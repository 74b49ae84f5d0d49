// SPDX-License-Identifier: Apache-2.0
#include "node/needs.h"

#include <algorithm>

namespace rds_csi {

bool IsKept(const StagedVolume& volume) {
  return volume.phase == StagePhase::kStaged || volume.phase == StagePhase::kUnmounting;
}

bool IsToBeEvicted(const StagedVolume& volume, const Link& link) {
  return volume.phase == StagePhase::kEvicting && !link.empty();
}

bool IsLost(const Link& link) { return link.to_rds.empty() || link.is_torn(); }

bool IsGivenUp(const StagedVolume& volume, const Link& link, absl::Time now) {
  if (volume.lifeline == Lifeline::kGivenUp) return !link.to_anchor.empty();
  // One that failed to be made may be there all the same: it stays where the device lives by it.
  const bool anchored = volume.lifeline == Lifeline::kAnchor ||
                        volume.lifeline == Lifeline::kMaking || !link.to_anchor.empty();
  if (!anchored || volume.lost_unix_seconds == 0 || !IsLost(link)) return false;
  return now - absl::FromUnixSeconds(volume.lost_unix_seconds) >= PatienceOf(volume);
}

bool MayConnect(const StagedVolume& volume, const Link& link, const std::vector<Mount>& mounts) {
  if (!IsKept(volume) || (link.is_torn() && !link.to_anchor.empty())) return false;
  if (volume.lifeline != Lifeline::kGivenUp) return true;
  return !link.device && std::ranges::none_of(mounts, [&](const Mount& mount) {
    return mount.number == volume.device || mount.target == volume.staging_path;
  });
}

bool WantsLifeline(const StagedVolume& volume, const Link& link) {
  switch (volume.lifeline) {
    case Lifeline::kOff:
      return false;
    case Lifeline::kAnchor:
      return link.to_anchor.empty();
    case Lifeline::kWanted:
    case Lifeline::kMaking:
    case Lifeline::kDelayedRemoval:
    case Lifeline::kRecovery:
    case Lifeline::kGivenUp:
      return true;
  }
  return false;
}

Orphan OrphanOf(const StagedVolume& volume, const Link& link) {
  const bool proven = link.device && link.device->number == volume.device;
  return proven ? Orphan::kJoin : Orphan::kRefuse;
}

bool WantsGrowth(const StagedVolume& volume, const Link& link) {
  return volume.lifeline == Lifeline::kAnchor && link.device && !link.to_anchor.empty() &&
         link.device->size_bytes > volume.size_bytes;
}

}  // namespace rds_csi
