// SPDX-License-Identifier: Apache-2.0
#include "controller/admit.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {

Fence FenceOf(const Ledger& ledger) {
  Fence fence;
  for (const Attachment& attachment : ledger.attachments) {
    fence.host_nqns.push_back(IdentityOf(ledger, attachment).nqn);
  }
  return fence;
}

namespace {

void TellFence(const Controller& controller, const Volume& volume, const Ledger& ledger) {
  std::vector<std::string> admitted;
  for (const Attachment& attachment : ledger.attachments) {
    admitted.push_back(
        fmt::format("{} (attachment {})", attachment.node.str(), attachment.generation));
  }
  controller.reporter.Tell({.reason = Reason::kFenceSet,
                            .volume_id = volume.id.str(),
                            .node_id = {},
                            .claim = {},
                            .message = admitted.empty()
                                           ? std::string("not exported: nobody may connect")
                                           : "may connect: " + Join(admitted, " and ")});
}

void TellCutOff(const Controller& controller, const Volume& volume) {
  controller.reporter.Tell(
      {.reason = Reason::kSessionsCutOff,
       .volume_id = volume.id.str(),
       .node_id = {},
       .claim = {},
       .message = "the export went off for a moment: all connections dropped"});
}

}  // namespace

absl::StatusOr<Volume> Admit(const Controller& controller, const Volume& volume,
                             const Ledger& ledger, absl::Time deadline) {
  const Fence fence = FenceOf(ledger);
  if (controller.volumes.MustCutOff(volume, fence)) {
    RETURN_IF_ERROR(controller.volumes.CutOff(volume, deadline, fence));
    TellCutOff(controller, volume);
  }
  ASSIGN_OR_RETURN(Volume changed,
                   controller.volumes.SetAttachments(volume, ledger, fence, deadline));
  TellFence(controller, changed, ledger);
  return changed;
}

}  // namespace rds_csi
