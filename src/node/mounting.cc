// SPDX-License-Identifier: Apache-2.0
#include "node/mounting.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/status.h"
#include "nvme/subsystem.h"

namespace rds_csi {

std::optional<Mount> FindMount(const std::vector<Mount>& mounts, const std::string& target) {
  std::vector<Mount> here = MountsAt(mounts, target);
  if (here.empty()) return std::nullopt;
  return std::move(here.back());
}

absl::StatusOr<std::optional<Mount>> FindMount(Mounts& mounts, const std::string& target) {
  ASSIGN_OR_RETURN(const std::vector<Mount> all, mounts.List());
  return FindMount(all, target);
}

bool IsAnotherVolume(const Host& host, const Mount& mount, const std::string& nqn) {
  return FindNqn(host.files, mount.number).value_or(nqn) != nqn;
}

absl::Status UnmountAll(const Host& host, const std::string& target, absl::Time deadline) {
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<Mount> mount, FindMount(host.mounts, target));
    if (!mount) return absl::OkStatus();
    if (host.clock.Now() >= deadline) {
      return absl::DeadlineExceededError(fmt::format("{} is still mounted", target));
    }
    const absl::Status unmounted = host.mounts.Unmount(target, deadline);
    // Somebody else was quicker: the next look at the list tells.
    if (!unmounted.ok() && !absl::IsNotFound(unmounted)) return unmounted;
  }
}

std::vector<Mount> BindsOfDevice(const std::vector<Mount>& mounts, const std::string& device) {
  const std::string root = device.substr(device.rfind('/'));
  std::vector<Mount> binds;
  std::copy_if(mounts.begin(), mounts.end(), std::back_inserter(binds), [&](const Mount& mount) {
    return mount.root == root && mount.fs_type == "devtmpfs";
  });
  return binds;
}

}  // namespace rds_csi
