// SPDX-License-Identifier: Apache-2.0
#include "nvme/disconnect.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/status.h"
#include "nvme/subsystem.h"

namespace rds_csi {
namespace {

// A controller that is being deleted already, or has just gone, is as good as deleted.
absl::Status DeleteController(const Host& host, const NvmeController& controller,
                              absl::Time deadline) {
  if (controller.state.starts_with("deleting")) return absl::OkStatus();
  const absl::Status deleted =
      RunIo(host.exec,
            {"write", fmt::format("/sys/class/nvme/{}/delete_controller", controller.name)}, "1",
            deadline)
          .status();
  return absl::IsNotFound(deleted) ? absl::OkStatus() : deleted;
}

}  // namespace

absl::Status Disconnect(const Host& host, const std::string& nqn, absl::Time deadline) {
  while (true) {
    const uint64_t seen = host.events.Count();
    ASSIGN_OR_RETURN(const std::vector<NvmeController> controllers,
                     FindControllers(host.files, nqn));
    for (const NvmeController& controller : controllers) {
      RETURN_IF_ERROR(DeleteController(host, controller, deadline));
    }
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

}  // namespace rds_csi
