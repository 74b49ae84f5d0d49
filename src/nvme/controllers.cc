// SPDX-License-Identifier: Apache-2.0
#include "nvme/controllers.h"

#include <fmt/format.h>

#include <vector>

#include "base/status.h"
#include "nvme/anchor_address.h"
#include "nvme/subsystem.h"

namespace rds_csi {
namespace {

absl::StatusOr<std::vector<NvmeController>> FindControllersOfKind(Files& files,
                                                                  const std::string& nqn,
                                                                  ControllerKind kind) {
  ASSIGN_OR_RETURN(const std::vector<NvmeController> controllers, FindControllers(files, nqn));
  return kind == ControllerKind::kAnchor ? OnlyAnchors(controllers) : WithoutAnchors(controllers);
}

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

absl::StatusOr<std::string> ConnectController(const Host& host, const FabricsTarget& target,
                                              absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::string options, FabricsOptions(target));
  ASSIGN_OR_RETURN(const std::string reply,
                   RunIo(host.exec, {"exchange", "/dev/nvme-fabrics"}, options, deadline));
  return ParseFabricsReply(reply);
}

absl::Status RemoveControllers(const Host& host, const std::string& nqn, ControllerKind kind,
                               absl::Time deadline) {
  while (true) {
    const uint64_t seen = host.events.Count();
    ASSIGN_OR_RETURN(const std::vector<NvmeController> controllers,
                     FindControllersOfKind(host.files, nqn, kind));
    for (const NvmeController& controller : controllers) {
      RETURN_IF_ERROR(DeleteController(host, controller, deadline));
    }
    ASSIGN_OR_RETURN(const std::vector<NvmeController> left,
                     FindControllersOfKind(host.files, nqn, kind));
    if (left.empty()) return absl::OkStatus();
    if (host.clock.Now() >= deadline) {
      return absl::DeadlineExceededError(
          fmt::format("{} is not gone yet: {} {}", nqn, left[0].name, left[0].state));
    }
    host.events.Wait(seen, deadline);
  }
}

}  // namespace rds_csi
