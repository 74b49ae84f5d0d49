// SPDX-License-Identifier: Apache-2.0
#include "controller/admit.h"

#include "base/status.h"
#include "model/host_identity.h"

namespace rds_csi {

Fence FenceOf(const Ledger& ledger) {
  Fence fence;
  for (const Attachment& attachment : ledger.attachments) {
    fence.host_nqns.push_back(
        AttachmentIdentity(ledger.cluster_id, attachment.node, ledger.volume, attachment.generation)
            .nqn);
  }
  return fence;
}

absl::StatusOr<Volume> Admit(const Controller& controller, const Volume& volume,
                             const Ledger& ledger, absl::Time deadline) {
  const Fence fence = FenceOf(ledger);
  if (controller.volumes.MustCutOff(volume, fence)) {
    RETURN_IF_ERROR(controller.volumes.CutOff(volume, deadline));
  }
  return controller.volumes.SetAttachments(volume, ledger, fence, deadline);
}

}  // namespace rds_csi
