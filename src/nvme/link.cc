// SPDX-License-Identifier: Apache-2.0
#include "nvme/link.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "model/volume_id.h"
#include "nvme/anchor_address.h"

namespace rds_csi {
namespace {

bool IsLive(const NvmeController& controller) { return controller.state == "live"; }

Link MakeLink(NvmeSubsystem subsystem) {
  Link link;
  for (NvmeController& controller : subsystem.controllers) {
    (IsAnchor(controller) ? link.to_anchor : link.to_rds).push_back(std::move(controller));
  }
  link.device = std::move(subsystem.head);
  for (NvmePath& path : subsystem.paths) link.paths.push_back(std::move(path.controller));
  return link;
}

}  // namespace

bool Link::is_live() const { return std::ranges::any_of(to_rds, IsLive); }

bool Link::works() const {
  return device && std::ranges::any_of(to_rds, [this](const NvmeController& controller) {
           // Without native multipath there are no paths, and the device is the controller's own.
           return IsLive(controller) &&
                  (paths.empty() || std::ranges::find(paths, controller.name) != paths.end());
         });
}

absl::StatusOr<Link> FindLink(Files& files, const std::string& nqn) {
  NvmeSubsystem subsystem;
  ASSIGN_OR_RETURN(subsystem.controllers, FindControllers(files, nqn));
  ASSIGN_OR_RETURN(subsystem.head, FindNamespace(files, nqn));
  if (subsystem.head) {
    ASSIGN_OR_RETURN(subsystem.paths, FindPaths(files, *subsystem.head));
  }
  return MakeLink(std::move(subsystem));
}

absl::StatusOr<Links> FindLinks(Files& files) {
  ASSIGN_OR_RETURN(auto subsystems, FindSubsystems(files, kNqnPrefix));
  Links links;
  for (auto& [nqn, subsystem] : subsystems) links.emplace(nqn, MakeLink(std::move(subsystem)));
  return links;
}

}  // namespace rds_csi
