// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_CONTROLLER_CAPACITY_H_
#define RDS_CSI_CONTROLLER_CAPACITY_H_

#include <string>

#include "controller/controller.h"

namespace rds_csi {

struct Capacity {
  int64_t available_bytes = 0;
  int64_t maximum_volume_bytes = 0;
  int64_t minimum_volume_bytes = 0;
};

// What new volumes below `directory` may take: the pool's free space less what the sparse files on
// it may still claim, never negative. One round trip. A pool that is missing or not in order has no
// room: 0, so that the scheduler looks elsewhere.
absl::StatusOr<Capacity> GetCapacity(const Controller& controller, const std::string& directory,
                                     absl::Time deadline);

// Room on `pool` given everything on it; pure. Taken from the full sizes of all files, as if each
// were sparse and empty, and from what the pool says is free: the smaller holds.
int64_t RoomOn(const Pool& pool, const RdsVolumes::Listing& listing);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_CAPACITY_H_
