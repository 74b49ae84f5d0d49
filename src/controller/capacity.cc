// SPDX-License-Identifier: Apache-2.0
#include "controller/capacity.h"

#include <algorithm>

#include "base/status.h"
#include "controller/room.h"
#include "model/capacity.h"

namespace rds_csi {
namespace {

int64_t SizeOn(const Pool& pool, const FileDisk& disk) {
  return PoolOf(disk.file_path) == pool.mount_point ? disk.size_bytes : 0;
}

}  // namespace

int64_t RoomOn(const Pool& pool, const RdsVolumes::Listing& listing) {
  int64_t promised = 0;
  for (const Volume& volume : listing.volumes) promised += SizeOn(pool, volume.disk);
  for (const FileDisk& disk : listing.foreign) promised += SizeOn(pool, disk);
  return std::max<int64_t>(0, std::min(pool.free_bytes, pool.size_bytes - promised));
}

absl::StatusOr<Capacity> GetCapacity(const Controller& controller, const std::string& directory,
                                     absl::Time deadline) {
  ASSIGN_OR_RETURN(const RdsVolumes::Listing listing, ListEverything(controller, deadline));
  const std::string mount_point = PoolOf(directory);
  Capacity capacity{.minimum_volume_bytes = kMinimumSize};
  for (const Pool& pool : listing.pools) {
    if (pool.mount_point != mount_point || !CheckPool(pool).ok()) continue;
    capacity.available_bytes = RoomOn(pool, listing);
    capacity.maximum_volume_bytes =
        std::min(kMaximumSize, capacity.available_bytes / kSizeStep * kSizeStep);
  }
  return capacity;
}

}  // namespace rds_csi
