// SPDX-License-Identifier: Apache-2.0
#include "node/prepare.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"
#include "fs/check.h"
#include "fs/format.h"
#include "fs/probe.h"
#include "nvme/openers.h"

namespace rds_csi {
namespace {

absl::Status RefuseToFormat(const StageRequest& request, const std::string& device) {
  const bool copied = request.target.formatting == Formatting::kNever;
  return absl::FailedPreconditionError(
      fmt::format("{} is blank and must not be formatted: volume {} {}", device, request.id.str(),
                  copied ? "was restored or cloned, so it should hold data; look at the source"
                         : "is to be used read-only"));
}

bool MayFormat(const StageRequest& request) {
  return request.target.formatting == Formatting::kAllowed && !IsForReading(request.capability);
}

bool IsWanted(const Contents& contents, FsType fs_type) {
  return contents.kind == Contents::Kind::kFilesystem && contents.what == NameOf(fs_type);
}

// Whoever holds the device is named: multipathd, a volume group that was found on it …
absl::StatusOr<Contents> ProbeUnheld(const Host& host, const NvmeNamespace& device,
                                     absl::Time deadline) {
  absl::StatusOr<Contents> contents = Probe(host.exec, device.device, deadline);
  if (!absl::IsFailedPrecondition(contents.status())) return contents;
  const DeviceUse use = FindDeviceUse(host, device.number);
  if (use.outcome != DeviceUse::Outcome::kInUse) return contents;
  return absl::FailedPreconditionError(
      fmt::format("{}; it is in use by {}", Message(contents.status()), Join(use.users, ", ")));
}

absl::Status FormatRecorded(const Node& node, StagedVolume& volume, FsType fs_type,
                            const std::string& device, FormatOver over, absl::Time deadline) {
  RETURN_IF_ERROR(node.staged().PutPhase(volume, StagePhase::kFormatting));
  RETURN_IF_ERROR(Format(node.host.exec, fs_type, device, over, deadline));
  return node.staged().PutPhase(volume, StagePhase::kStaging);
}

}  // namespace

bool IsHalfFormatted(const StagedVolume& before, const StagedVolume& plan) {
  return before.phase == StagePhase::kFormatting && before.host == plan.host &&
         before.generation == plan.generation && plan.generation > 0;
}

absl::Status PrepareFilesystem(const Node& node, const StageRequest& request, FsType fs_type,
                               StagedVolume& volume, const NvmeNamespace& device,
                               absl::Time deadline) {
  ASSIGN_OR_RETURN(const Contents contents, ProbeUnheld(node.host, device, deadline));
  if (contents.kind == Contents::Kind::kBlank) {
    if (!MayFormat(request)) return RefuseToFormat(request, device.device);
    return FormatRecorded(node, volume, fs_type, device.device, FormatOver::kBlank, deadline);
  }
  const bool is_wanted = IsWanted(contents, fs_type);
  const bool half_formatted = volume.phase == StagePhase::kFormatting && MayFormat(request);
  if (half_formatted && (is_wanted || contents.kind == Contents::Kind::kData)) {
    return FormatRecorded(node, volume, fs_type, device.device, FormatOver::kUnfinished, deadline);
  }
  if (is_wanted) return Check(node.host.exec, fs_type, device.device, deadline);
  return absl::FailedPreconditionError(
      fmt::format("{} (volume {}) holds {}, not {}; it is left as it is", device.device,
                  request.id.str(), contents.what, NameOf(fs_type)));
}

}  // namespace rds_csi
