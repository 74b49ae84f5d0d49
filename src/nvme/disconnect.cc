// SPDX-License-Identifier: Apache-2.0
#include "nvme/disconnect.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "nvme/anchor.h"
#include "nvme/controllers.h"
#include "nvme/subsystem.h"

namespace rds_csi {
namespace {

// A head that was told to outlive its paths (delayed_removal_secs) would stay.
absl::Status ForgetDelayedRemoval(Files& files, const std::string& nqn) {
  ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device, FindNamespace(files, nqn));
  if (!device) return absl::OkStatus();
  const std::string attribute =
      fmt::format("/sys/block/{}/delayed_removal_secs", device->device.substr(5));
  const absl::StatusOr<std::string> seconds = files.Read(attribute);
  if (!seconds.ok() || Trim(*seconds) == "0") return absl::OkStatus();
  return files.Write(attribute, "0");
}

absl::Status WaitUntilGone(const Host& host, const std::string& nqn, absl::Time deadline) {
  while (true) {
    const uint64_t seen = host.events.Count();
    ASSIGN_OR_RETURN(const std::vector<NvmeController> left, FindControllers(host.files, nqn));
    ASSIGN_OR_RETURN(const std::optional<NvmeNamespace> device, FindNamespace(host.files, nqn));
    if (left.empty() && !device) return absl::OkStatus();
    if (host.clock.Now() >= deadline) {
      return absl::DeadlineExceededError(
          fmt::format("{} is not gone yet: {}", nqn,
                      left.empty() ? device->device : left[0].name + " " + left[0].state));
    }
    host.events.Wait(seen, deadline);
  }
}

}  // namespace

absl::Status Disconnect(const Host& host, const std::string& nqn, absl::Time deadline) {
  RETURN_IF_ERROR(ForgetDelayedRemoval(host.files, nqn));
  RETURN_IF_ERROR(RemoveControllers(host, nqn, ControllerKind::kRds, deadline));
  RETURN_IF_ERROR(RemoveAnchor(host, nqn, deadline));
  return WaitUntilGone(host, nqn, deadline);
}

}  // namespace rds_csi
