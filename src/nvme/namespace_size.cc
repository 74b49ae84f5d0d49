// SPDX-License-Identifier: Apache-2.0
#include "nvme/namespace_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/status.h"
#include "nvme/anchor_address.h"
#include "nvme/rescan.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kRescanInterval = absl::Seconds(2);

absl::StatusOr<NvmeNamespace> GetNamespace(const Host& host, const std::string& nqn) {
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device, FindNamespace(host.files, nqn));
  if (device) return *device;
  return absl::NotFoundError(fmt::format("{} is not connected on this node", nqn));
}

absl::Status AskForSize(const Host& host, const std::string& nqn, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<NvmeController> controllers, FindControllers(host.files, nqn));
  const auto can_tell = [](const auto& each) { return each.state == "live" && !IsAnchor(each); };
  if (std::ranges::none_of(controllers, can_tell)) {
    return absl::UnavailableError(fmt::format(
        "{}: the connection to the RDS is lost, nobody can tell the size before it is back", nqn));
  }
  return Rescan(host, controllers, deadline);
}

}  // namespace

absl::StatusOr<NvmeNamespace> WaitForSize(const Host& host, const std::string& nqn,
                                          int64_t size_bytes, absl::Time deadline) {
  absl::Time rescan_at = host.clock.Now();
  while (true) {
    const uint64_t seen = host.events.Count();
    ASSIGN_OR_RETURN(NvmeNamespace device, GetNamespace(host, nqn));
    if (size_bytes > 0 && device.size_bytes >= size_bytes) return device;
    const absl::Time now = host.clock.Now();
    if (now >= rescan_at) {
      RETURN_IF_ERROR(AskForSize(host, nqn, deadline));
      rescan_at = now + kRescanInterval;
      ASSIGN_OR_RETURN(device, GetNamespace(host, nqn));
      if (device.size_bytes >= size_bytes) return device;
    }
    if (now >= deadline) {
      return absl::UnavailableError(
          fmt::format("{} has {} bytes and not yet {}; the RDS has not told this node its new size",
                      device.device, device.size_bytes, size_bytes));
    }
    host.events.Wait(seen, std::min(deadline, rescan_at));
  }
}

}  // namespace rds_csi
