// SPDX-License-Identifier: Apache-2.0
#include "controller/expand.h"

#include <fmt/format.h>

#include "base/status.h"
#include "controller/ownership.h"
#include "controller/room.h"

namespace rds_csi {
namespace {

absl::Status CheckLimit(const Volume& volume, const CapacityRange& range) {
  if (range.limit_bytes == 0 || volume.disk.size_bytes <= range.limit_bytes) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kOutOfRange,
               fmt::format("volume {} has {} bytes already, more than the limit of {}",
                           volume.id.str(), volume.disk.size_bytes, range.limit_bytes));
}

}  // namespace

absl::StatusOr<int64_t> ExpandVolume(const Controller& controller, const VolumeId& id,
                                     const CapacityRange& range, absl::Time deadline) {
  ASSIGN_OR_RETURN(const int64_t wanted, ChooseSize(range));
  ASSIGN_OR_RETURN(const Volume volume, GetOwned(controller, id, deadline));
  RETURN_IF_ERROR(CheckLimit(volume, range));
  const int64_t more = wanted - volume.disk.size_bytes;
  if (more <= 0) return volume.disk.size_bytes;
  const std::string pool = PoolOf(volume.disk.file_path);
  RETURN_IF_ERROR(TakeRoom(controller, pool, more, deadline));
  const absl::StatusOr<Volume> grown = controller.volumes.Grow(volume, wanted, deadline);
  GiveBackUnlessMade(controller, pool, more, grown.status());
  RETURN_IF_ERROR(grown.status());
  return grown->disk.size_bytes;
}

}  // namespace rds_csi
