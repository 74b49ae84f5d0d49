// SPDX-License-Identifier: Apache-2.0
// Whether a pool has room for all of a new file. Files are made sparse or not, nobody knows, and a
// pool that runs full loses data that was already acknowledged: so what is promised is counted.
#ifndef RDS_CSI_CONTROLLER_ROOM_H_
#define RDS_CSI_CONTROLLER_ROOM_H_

#include <cstdint>
#include <string>

#include "controller/controller.h"

namespace rds_csi {

// Every disk and pool of the RDS. What that tells of the room on pools in order is kept for
// TakeRoom.
absl::StatusOr<RdsVolumes::Listing> ListEverything(const Controller& controller,
                                                   absl::Time deadline);

// Takes `bytes` of `pool` for a file that is about to grow or be made. No round trip while the
// cache is fresh and says yes; else one (a listing), since an old "no" must not be believed.
// RESOURCE_EXHAUSTED naming pool, bytes and room. FAILED_PRECONDITION: see CheckPool.
absl::Status TakeRoom(const Controller& controller, const std::string& pool, int64_t bytes,
                      absl::Time deadline);

// Gives it back after `status` said how the making went: not when it is done or may be (an unknown
// outcome keeps it until the next listing).
void GiveBackUnlessMade(const Controller& controller, const std::string& pool, int64_t bytes,
                        const absl::Status& status);

// FAILED_PRECONDITION naming the pool: it is not in order. RouterOS tells the state of arrays
// ("clean", "clean, sync: resync = …"); of other disks it tells none.
absl::Status CheckPool(const Pool& pool);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_ROOM_H_
