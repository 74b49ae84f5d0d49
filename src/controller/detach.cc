// SPDX-License-Identifier: Apache-2.0
#include "controller/detach.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "controller/admit.h"
#include "controller/ownership.h"

namespace rds_csi {
namespace {

// What the ledger says once `node` (none: everybody) is out. A volume of the former driver gets one
// that knows of nobody, and so a fence that admits nobody (ATT-10).
Ledger Without(const Controller& controller, const Volume& volume,
               const std::optional<NodeId>& node) {
  if (!volume.ledger) {
    return Ledger{controller.config.cluster_id, volume.id, Origin::kBlank, 0, {}};
  }
  Ledger ledger = *volume.ledger;
  std::erase_if(ledger.attachments,
                [&](const Attachment& attachment) { return !node || attachment.node == *node; });
  return ledger;
}

}  // namespace

absl::Status DetachVolume(const Controller& controller, const VolumeId& id,
                          const std::optional<NodeId>& node, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<Volume> volume, controller.volumes.Find(id, deadline));
  if (!volume) return absl::OkStatus();
  RETURN_IF_ERROR(CheckOwner(controller, *volume));
  const Ledger ledger = Without(controller, *volume, node);
  // Not attached, though it may still be exported: switching that off is never wrong.
  const bool nobody_left = ledger.attachments.empty();
  if (volume->ledger == ledger && !(nobody_left && volume->disk.exported)) return absl::OkStatus();
  return Admit(controller, *volume, ledger, deadline).status();
}

}  // namespace rds_csi
