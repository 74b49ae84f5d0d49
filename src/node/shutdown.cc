// SPDX-License-Identifier: Apache-2.0
#include "node/shutdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/status.h"
#include "base/text.h"
#include "nvme/anchor.h"
#include "nvme/disconnect.h"
#include "nvme/link.h"
#include "nvme/openers.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kSoon = absl::Minutes(1);
constexpr absl::Duration kTimeForOne = absl::Seconds(5);
constexpr std::string_view kShortLossSeconds = "5";

absl::Status ShortenLoss(const Host& host, const Link& link, absl::Time deadline) {
  absl::Status first;
  for (const NvmeController& controller : link.to_rds) {
    const std::string attribute = fmt::format("/sys/class/nvme/{}/ctrl_loss_tmo", controller.name);
    first.Update(RunIo(host.exec, {"write", attribute}, kShortLossSeconds, deadline).status());
  }
  return first;
}

absl::Status LetGoOfOne(const Host& host, const StagedVolume& volume, const Link& link,
                        absl::Time deadline) {
  const bool used =
      link.device && FindDeviceUse(host, link.device->number).outcome != DeviceUse::Outcome::kFree;
  return used ? ShortenLoss(host, link, deadline) : Disconnect(host, volume.id.Nqn(), deadline);
}

}  // namespace

std::optional<absl::Time> ScheduledShutdown(std::string_view scheduled) {
  for (const std::string_view line : Lines(scheduled)) {
    if (!line.starts_with("USEC=")) continue;
    const std::optional<int64_t> microseconds = ParseInt64(line.substr(5));
    if (microseconds) return absl::FromUnixMicros(*microseconds);
  }
  return std::nullopt;
}

bool IsMachineGoingDown(Files& files, const std::string& run_dir, absl::Time now) {
  if (files.Stat(run_dir + "/nologin").ok()) return true;
  const absl::StatusOr<std::string> text = files.Read(run_dir + "/systemd/shutdown/scheduled");
  const auto scheduled = text.ok() ? ScheduledShutdown(*text) : std::nullopt;
  return scheduled && *scheduled - now <= kSoon;
}

absl::Status LetGo(const Node& node, absl::Time deadline) {
  const Host& host = node.host;
  const auto until = [&] { return std::min(deadline, host.clock.Now() + kTimeForOne); };
  ASSIGN_OR_RETURN(const StagedVolumes staged, node.staged().List());
  absl::Status first;
  for (const StagedVolume& volume : staged.volumes) {
    first.Update(RemoveAnchor(host, volume.id.Nqn(), until()));
  }
  ASSIGN_OR_RETURN(Links links, FindLinks(host.files));
  for (const StagedVolume& volume : staged.volumes) {
    first.Update(LetGoOfOne(host, volume, links[volume.id.Nqn()], until()));
  }
  return first;
}

}  // namespace rds_csi
