// SPDX-License-Identifier: Apache-2.0
#include "controller/delete.h"

#include <fmt/format.h>

#include "base/status.h"
#include "controller/ownership.h"

namespace rds_csi {
namespace {

absl::Status CheckDetached(const Volume& volume) {
  if (!volume.ledger || volume.ledger->attachments.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition,
               fmt::format("volume {} is still attached to {}", volume.id.str(),
                           volume.ledger->attachments[0].node.str()));
}

}  // namespace

absl::Status DeleteVolume(const Controller& controller, const VolumeId& id, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::optional<Volume> volume, controller.volumes.Find(id, deadline));
  if (!volume) return controller.volumes.RemoveLeftFiles(id, deadline);
  RETURN_IF_ERROR(CheckOwner(controller, *volume));
  RETURN_IF_ERROR(CheckDetached(*volume));
  // Volumes of the former driver are always exported, and RouterOS may refuse to remove a disk that
  // is in use.
  if (volume->disk.exported) RETURN_IF_ERROR(controller.volumes.CutOff(*volume, deadline));
  RETURN_IF_ERROR(controller.volumes.Delete(*volume, deadline));
  controller.room.Give(PoolOf(volume->disk.file_path), volume->disk.size_bytes);
  return absl::OkStatus();
}

}  // namespace rds_csi
