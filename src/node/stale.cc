// SPDX-License-Identifier: Apache-2.0
#include "node/stale.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/status.h"
#include "nvme/link.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kLookTime = absl::Seconds(5);

MountVerdict Stale(std::string why) { return {.stale = std::move(why)}; }

bool Has(const std::vector<std::string>& options, std::string_view option) {
  return std::ranges::find(options, option) != options.end();
}

// What the kernel shows of a filesystem that gave up: "shutdown" (XFS, and ext4 from Linux 7 on),
// "emergency_ro" (ext4 from 6.15 on), or read-only where it was mounted writable.
std::string ShutDownBy(const Mount& mount, bool writable) {
  for (const std::string_view sign : {"shutdown", "emergency_ro"}) {
    if (Has(mount.super_options, sign)) {
      return fmt::format("the filesystem on {} shut itself down ({})", ToString(mount.number),
                         sign);
    }
  }
  if (writable && Has(mount.super_options, "ro") && !Has(mount.options, "ro")) {
    return fmt::format("the filesystem on {} made itself read-only after an error",
                       ToString(mount.number));
  }
  return "";
}

// XFS tells in no option on older kernels, but lets nobody open its root any more.
absl::StatusOr<MountVerdict> LookInside(const Host& host, const Mount& mount, absl::Time deadline) {
  if (mount.fs_type != "xfs") return MountVerdict{};
  const absl::Time until = std::min(deadline, host.clock.Now() + kLookTime);
  absl::Status look = RunIo(host.exec, {"look", mount.target}, "", until).status();
  if (absl::IsUnavailable(look)) {  // EIO
    return Stale(fmt::format("the filesystem on {} answers errors: {}", ToString(mount.number),
                             Message(look)));
  }
  if (!look.ok()) return look;
  return MountVerdict{};
}

}  // namespace

absl::StatusOr<MountVerdict> JudgeMount(const Host& host, const std::string& nqn,
                                        const std::optional<Mount>& mount, bool writable,
                                        absl::Time deadline) {
  if (!mount) return Stale("it is not mounted any more");
  ASSIGN_OR_RETURN(const Link link, FindLink(host.files, nqn));
  if (!link.device) {
    return Stale(fmt::format("its block device {} is gone", ToString(mount->number)));
  }
  if (link.device->number != mount->number) {
    return Stale(fmt::format("it shows the device {}, but the volume is {} ({}) now",
                             ToString(mount->number), link.device->device,
                             ToString(link.device->number)));
  }
  if (std::string why = ShutDownBy(*mount, writable); !why.empty()) return Stale(std::move(why));
  if (!link.works()) return MountVerdict{.stale = "", .waiting = true};
  return LookInside(host, *mount, deadline);
}

}  // namespace rds_csi
