// SPDX-License-Identifier: Apache-2.0
#include "node/evict.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "node/mounting.h"
#include "node/needs.h"
#include "nvme/disconnect.h"
#include "nvme/link.h"

namespace rds_csi {
namespace {

// A device that no controller holds any more (delayed_removal_secs) tells nothing of whose it is;
// the record may.
bool IsOrphanOfOthers(const Link& link, const HostIdentity& host,
                      const std::optional<StagedVolume>& record) {
  if (!link.device || !link.to_rds.empty() || !link.to_anchor.empty()) return false;
  return !record || record->host != host || record->device != link.device->number;
}

bool IsForeign(const Link& link, const HostIdentity& host) {
  const auto is_foreign = [&](const NvmeController& controller) {
    return controller.host_nqn != host.nqn;
  };
  return std::ranges::any_of(link.to_rds, is_foreign) ||
         std::ranges::any_of(link.to_anchor, is_foreign);
}

// Where the filesystems of these devices are mounted. A number that now belongs to another volume's
// device is none of ours.
absl::StatusOr<std::vector<std::string>> TargetsOf(const Host& host, const std::string& nqn,
                                                   const std::set<DeviceNumber>& devices) {
  ASSIGN_OR_RETURN(const std::vector<Mount> mounts, host.mounts.List());
  std::vector<std::string> targets;
  for (const Mount& mount : mounts) {
    if (!devices.contains(mount.number) || IsAnotherVolume(host, mount, nqn)) continue;
    targets.push_back(mount.target);
  }
  return targets;
}

absl::Status UnmountOld(const Host& host, const std::string& nqn,
                        const std::set<DeviceNumber>& devices, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<std::string> targets, TargetsOf(host, nqn, devices));
  for (const std::string& target : targets) {
    const absl::Status unmounted = UnmountAll(host, target, deadline);
    if (!unmounted.ok()) {
      return Annotate(unmounted,
                      fmt::format("{}: a mount of an older attachment is left at {}, and the pod "
                                  "that uses it must end first",
                                  nqn, target));
    }
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> left, TargetsOf(host, nqn, devices));
  if (left.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format(
      "{}: mounts of an older attachment are left at {}; the pods that use them must end first",
      nqn, Join(left, ", ")));
}

}  // namespace

absl::Status EvictOlderAttachments(const Node& node, const FabricsTarget& wanted,
                                   std::optional<StagedVolume> record, absl::Time deadline) {
  const Host& host = node.host;
  ASSIGN_OR_RETURN(const Link link, FindLink(host.files, wanted.nqn));
  const bool older_record = record && record->host != wanted.host;
  if (!older_record && !IsForeign(link, wanted.host) &&
      !IsOrphanOfOthers(link, wanted.host, record)) {
    return absl::OkStatus();
  }

  std::set<DeviceNumber> devices;
  if (link.device) devices.insert(link.device->number);
  if (older_record && record->device.major != 0) devices.insert(record->device);
  if (older_record) {  // from here on the keeper does not connect it again
    RETURN_IF_ERROR(node.staged().PutPhase(*record, StagePhase::kEvicting));
  }
  // I/O that waits fails from here on; only then can its mounts be taken off.
  const absl::Status gone = Disconnect(host, wanted.nqn, deadline);
  if (!gone.ok()) {
    return Annotate(gone, "an older attachment's connection must go before a new one is made");
  }
  return UnmountOld(host, wanted.nqn, devices, deadline);
}

absl::Status FinishEviction(const Node& node, const StagedVolume& record, absl::Time deadline) {
  ASSIGN_OR_RETURN(const Link link, FindLink(node.host.files, record.id.Nqn()));
  if (!IsToBeEvicted(record, link)) return absl::OkStatus();
  RETURN_IF_ERROR(Disconnect(node.host, record.id.Nqn(), deadline));
  Tell(node, Reason::kOrphanCleaned, record,
       fmt::format("volume {}: it was attached anew while an older attachment was still in use "
                   "here; what was left of that is disconnected, and its I/O has failed. Pods that "
                   "use it must end",
                   record.id.str()));
  return absl::OkStatus();
}

}  // namespace rds_csi
