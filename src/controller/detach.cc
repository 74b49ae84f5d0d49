// SPDX-License-Identifier: Apache-2.0
#include "controller/detach.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "controller/admit.h"
#include "controller/ownership.h"

namespace rds_csi {
namespace {

Ledger Without(Ledger ledger, const std::optional<NodeId>& node) {
  std::erase_if(ledger.attachments,
                [&](const Attachment& attachment) { return !node || attachment.node == *node; });
  return ledger;
}

// Of a volume of the former driver: whether Kubernetes has it attached to another node.
absl::StatusOr<bool> IsElsewhere(const Controller& controller, const VolumeId& id,
                                 const NodeId& node, absl::Time deadline) {
  ASSIGN_OR_RETURN(const Cluster::Wanted wanted, controller.cluster.WantedOf(id, deadline));
  if (!wanted) return false;
  return std::any_of(wanted->begin(), wanted->end(), [&](const WantedAttachment& each) {
    return each.attached && each.volume == id && each.node != node;
  });
}

void Tell(const Controller& controller, const VolumeId& id, const NodeId& node, Reason reason,
          std::string message) {
  controller.reporter.Tell({.reason = reason,
                            .volume_id = id.str(),
                            .node_id = node.str(),
                            .claim = {},
                            .message = std::move(message)});
}

// One of two nodes left: the older attachment was the source of the migration.
void TellMigrationEnded(const Controller& controller, const VolumeId& id, const Attachment& left,
                        const Attachment& stays) {
  if (left.generation < stays.generation) {
    return Tell(
        controller, id, stays.node, Reason::kMigrationCompleted,
        fmt::format("{} has the volume alone, {} has left it", stays.node.str(), left.node.str()));
  }
  Tell(controller, id, left.node, Reason::kMigrationFailed,
       fmt::format("rolled back: {} has left the volume, it stays with {}", left.node.str(),
                   stays.node.str()));
}

void TellDetached(const Controller& controller, const Ledger& before, const Ledger& after) {
  for (const Attachment& attachment : before.attachments) {
    if (after.Find(attachment.node)) continue;
    if (!after.attachments.empty()) {
      TellMigrationEnded(controller, before.volume, attachment, after.attachments.front());
    } else {
      Tell(controller, before.volume, attachment.node, Reason::kVolumeDetached,
           fmt::format("detached from {}", attachment.node.str()));
    }
  }
}

}  // namespace

absl::Status DetachVolume(const Controller& controller, const VolumeId& id,
                          const std::optional<NodeId>& node, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<Volume> volume, controller.volumes.Find(id, deadline));
  if (!volume) return absl::OkStatus();
  RETURN_IF_ERROR(CheckOwner(controller, *volume));
  if (!volume->ledger && node) {
    ASSIGN_OR_RETURN(const bool elsewhere, IsElsewhere(controller, id, *node, deadline));
    if (elsewhere) return absl::OkStatus();
  }
  const Ledger before = LedgerOf(controller, *volume);
  const Ledger after = Without(before, node);
  // Not attached, though it may still be exported: switching that off is never wrong.
  const bool nobody_left = after.attachments.empty();
  if (volume->ledger == after && !(nobody_left && volume->disk.exported)) return absl::OkStatus();
  RETURN_IF_ERROR(Admit(controller, *volume, after, deadline).status());
  TellDetached(controller, before, after);
  return absl::OkStatus();
}

}  // namespace rds_csi
