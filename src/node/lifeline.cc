// SPDX-License-Identifier: Apache-2.0
#include "node/lifeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/status.h"
#include "nvme/anchor.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kAnchorTime = absl::Seconds(15);
constexpr absl::Duration kAttributeTime = absl::Seconds(5);

// From Linux 6.16 or so on, the kernel itself can keep a device for some time after its last path.
bool DelayRemoval(const Host& host, const StagedVolume& volume, const NvmeNamespace& device,
                  absl::Time deadline) {
  const std::string name = device.device.substr(device.device.rfind('/') + 1);
  const std::string attribute = fmt::format("/sys/block/{}/delayed_removal_secs", name);
  if (!host.files.Stat(attribute).ok()) return false;
  const std::string seconds = fmt::format("{}", absl::ToInt64Seconds(PatienceOf(volume)));
  return RunIo(host.exec, {"write", attribute}, seconds,
               std::min(deadline, host.clock.Now() + kAttributeTime))
      .ok();
}

std::string_view Consequence(Lifeline lifeline) {
  switch (lifeline) {
    case Lifeline::kDelayedRemoval:
      return "instead, the kernel itself keeps its device while the RDS is away "
             "(delayed_removal_secs)";
    case Lifeline::kRecovery:
      return "when its connection is given up, its I/O fails, and its pods must be restarted";
    default:
      return "until another try succeeds, its I/O fails when its connection is given up";
  }
}

// What holds after MakeAnchor answered `made`.
Lifeline Choose(const Host& host, const StagedVolume& volume, const NvmeNamespace& device,
                const absl::Status& made, absl::Time deadline) {
  if (made.ok()) return Lifeline::kAnchor;
  if (!absl::IsFailedPrecondition(made)) return Lifeline::kWanted;
  return DelayRemoval(host, volume, device, deadline) ? Lifeline::kDelayedRemoval
                                                      : Lifeline::kRecovery;
}

void TellOutcome(const Node& node, const StagedVolume& volume, const absl::Status& made,
                 Lifeline before) {
  if (made.ok()) {
    Tell(node, Reason::kAnchorMade, volume,
         fmt::format("volume {} waits up to {} for the RDS when its connection is lost",
                     volume.id.str(), absl::FormatDuration(PatienceOf(volume))));
  } else if (volume.lifeline != before) {
    Tell(node, Reason::kAnchorFailed, volume,
         fmt::format("volume {} has no anchor: {}; {}", volume.id.str(), Message(made),
                     Consequence(volume.lifeline)));
  }
}

}  // namespace

absl::Status MakeLifeline(const Node& node, StagedVolume& volume, const NvmeNamespace& device,
                          absl::Time deadline) {
  const Lifeline before = volume.lifeline;
  if (PatienceOf(volume) == absl::ZeroDuration()) {
    if (before == Lifeline::kOff) return absl::OkStatus();
    volume.lifeline = Lifeline::kOff;
    return node.staged().Put(volume);
  }
  if (before != Lifeline::kMaking) {
    volume.lifeline = Lifeline::kMaking;
    RETURN_IF_ERROR(node.staged().Put(volume));
  }
  const absl::Time until = std::min(deadline, node.host.clock.Now() + kAnchorTime);
  const absl::Status made = MakeAnchor(node.host, volume.id.Nqn(), volume.host, device, until);
  volume.lifeline = Choose(node.host, volume, device, made, deadline);
  volume.size_bytes = made.ok() ? device.size_bytes : 0;
  RETURN_IF_ERROR(node.staged().Put(volume));
  TellOutcome(node, volume, made, before);
  return absl::OkStatus();
}

absl::Status GrowLifeline(const Node& node, StagedVolume& volume, const NvmeNamespace& device,
                          absl::Time deadline) {
  const bool has_anchor =
      volume.lifeline == Lifeline::kAnchor || volume.lifeline == Lifeline::kMaking;
  if (!has_anchor || device.size_bytes <= volume.size_bytes) return absl::OkStatus();
  RETURN_IF_ERROR(GrowAnchor(node.host, volume.id.Nqn(), device.size_bytes, deadline));
  volume.size_bytes = device.size_bytes;
  return node.staged().Put(volume);
}

absl::Status GiveUp(const Node& node, StagedVolume& volume, absl::Time deadline) {
  if (volume.lifeline != Lifeline::kGivenUp) {
    volume.lifeline = Lifeline::kGivenUp;
    RETURN_IF_ERROR(node.staged().Put(volume));
    Tell(node, Reason::kPatienceExhausted, volume,
         fmt::format("volume {}: the RDS was away for more than {}; its I/O fails from now on. "
                     "Restart the pods that use it, and it is connected and mounted anew",
                     volume.id.str(), absl::FormatDuration(PatienceOf(volume))));
  }
  return RemoveAnchor(node.host, volume.id.Nqn(), deadline);
}

}  // namespace rds_csi
