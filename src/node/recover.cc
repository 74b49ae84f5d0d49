// SPDX-License-Identifier: Apache-2.0
#include "node/recover.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/backoff.h"
#include "base/status.h"
#include "base/text.h"
#include "fs/check.h"
#include "model/access.h"
#include "node/lifeline.h"
#include "node/mounting.h"
#include "node/needs.h"
#include "node/stale.h"
#include "node/target_path.h"
#include "nvme/connect.h"
#include "nvme/link.h"

namespace rds_csi {
namespace {

constexpr int kMostTries = 4;
constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Seconds(8);

// A filesystem that shut itself down stays so as long as anybody has it mounted: mounting its
// device once more would show the same dead one.
absl::Status CheckNotMounted(const Host& host, DeviceNumber device) {
  ASSIGN_OR_RETURN(const std::vector<Mount> mounts, host.mounts.List());
  std::vector<std::string> targets;
  for (const Mount& mount : mounts) {
    if (mount.number == device) targets.push_back(mount.target);
  }
  if (targets.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("its filesystem gave up and is still mounted at {}; the pods that use it must "
                  "end first",
                  Join(targets, ", ")));
}

bool IsReadOnlyVolume(const StagedVolume& volume) {
  return std::ranges::find(volume.mount_options, "ro") != volume.mount_options.end();
}

absl::Status CheckResult(const Host& host, const StagedVolume& volume, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<Mount> mount, FindMount(host.mounts, volume.staging_path));
  ASSIGN_OR_RETURN(const MountVerdict verdict,
                   JudgeMount(host, volume.id.Nqn(), mount, !IsReadOnlyVolume(volume), deadline));
  return verdict.stale.empty() ? absl::OkStatus() : absl::InternalError(verdict.stale);
}

absl::StatusOr<NvmeNamespace> TryOnce(const Host& host, const StagedVolume& volume,
                                      absl::Time deadline) {
  // First of all: what the dead mount still holds must not meet the new connection.
  RETURN_IF_ERROR(UnmountAll(host, volume.staging_path, deadline));
  ASSIGN_OR_RETURN(const Link link, FindLink(host.files, volume.id.Nqn()));
  ASSIGN_OR_RETURN(const Connection connection,
                   Connect(host, TargetOf(volume), deadline, OrphanOf(volume, link)));
  const NvmeNamespace& device = connection.device;
  RETURN_IF_ERROR(CheckNotMounted(host, device.number));
  const std::optional<FsType> type = FindFsType(volume.fs_type);
  if (!type) return absl::InternalError("unknown filesystem type " + volume.fs_type);
  RETURN_IF_ERROR(Check(host.exec, *type, device.device, deadline));
  RETURN_IF_ERROR(MakeTargetDirectory(host.files, volume.staging_path).status());
  RETURN_IF_ERROR(host.mounts.MountFilesystem({.device = device.device,
                                               .target = volume.staging_path,
                                               .fs_type = volume.fs_type,
                                               .options = volume.mount_options},
                                              deadline));
  RETURN_IF_ERROR(CheckResult(host, volume, deadline));
  return device;
}

absl::Status Finish(const Node& node, StagedVolume& volume, const NvmeNamespace& device, int tries,
                    const std::string& why, absl::Time deadline) {
  const DeviceNumber old = volume.device;
  volume.device = device.number;
  volume.lost_unix_seconds = 0;
  volume.lifeline = Lifeline::kWanted;  // whatever the old device had, this one may be new
  RETURN_IF_ERROR(node.staged().Put(volume));
  Tell(node, Reason::kStaleMountRecovered, volume,
       fmt::format("volume {} is mounted again at {} after {} {} ({}): device {} before, {} ({}) "
                   "now. Pods that were started before still see the dead mount: restart them",
                   volume.id.str(), volume.staging_path, tries, tries == 1 ? "try" : "tries", why,
                   ToString(old), device.device, ToString(device.number)));
  return MakeLifeline(node, volume, device, deadline);
}

absl::Status Fail(const Node& node, const StagedVolume& volume, int tries, const std::string& why,
                  const absl::Status& last) {
  const std::string text = fmt::format(
      "volume {}: its mount at {} is dead ({}) and could not be made anew in {} {}, "
      "device {}: {}",
      volume.id.str(), volume.staging_path, why, tries, tries == 1 ? "try" : "tries",
      ToString(volume.device), Message(last));
  Tell(node, Reason::kRecoveryFailed, volume, text);
  return absl::IsAborted(last) ? last : absl::InternalError(text);
}

// Whether time alone may mend it.
bool MayPass(const absl::Status& status) {
  return !absl::IsAborted(status) && !absl::IsFailedPrecondition(status);
}

}  // namespace

absl::Status RecoverMount(const Node& node, StagedVolume& volume, const std::string& why,
                          absl::Time deadline) {
  const Host& host = node.host;
  Backoff pauses(kFirstPause, kLongestPause, /*seed=*/static_cast<unsigned>(volume.generation));
  for (int tries = 1;; ++tries) {
    const absl::StatusOr<NvmeNamespace> device = TryOnce(host, volume, deadline);
    if (device.ok()) return Finish(node, volume, *device, tries, why, deadline);
    const absl::Time next = host.clock.Now() + pauses.Next();
    if (tries == kMostTries || next >= deadline || !MayPass(device.status())) {
      return Fail(node, volume, tries, why, device.status());
    }
    host.clock.SleepUntil(next);
  }
}

}  // namespace rds_csi
