// SPDX-License-Identifier: Apache-2.0
#include "controller/ownership.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"

namespace rds_csi {

absl::Status CheckOwner(const Controller& controller, const Volume& volume) {
  const std::string& ours = controller.config.cluster_id;
  if (!volume.ledger || volume.ledger->cluster_id == ours) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition,
               fmt::format("volume {} belongs to cluster {}, not to {}", volume.id.str(),
                           volume.ledger->cluster_id, ours));
}

Ledger LedgerOf(const Controller& controller, const Volume& volume) {
  if (volume.ledger) return *volume.ledger;
  return controller.volumes.NewLedger(controller.config.cluster_id, volume.id);
}

absl::StatusOr<Volume> GetOwned(const Controller& controller, const VolumeId& id,
                                absl::Time deadline) {
  ASSIGN_OR_RETURN(std::optional<Volume> volume, controller.volumes.Find(id, deadline));
  if (!volume) {
    return Error(absl::StatusCode::kNotFound, fmt::format("there is no volume {}", id.str()));
  }
  RETURN_IF_ERROR(CheckOwner(controller, *volume));
  return *std::move(volume);
}

}  // namespace rds_csi
