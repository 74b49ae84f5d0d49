// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_CONTROLLER_CREATE_H_
#define RDS_CSI_CONTROLLER_CREATE_H_

#include <vector>

#include "controller/controller.h"
#include "model/access.h"
#include "model/capacity.h"
#include "model/storage_class.h"

namespace rds_csi {

struct CreateRequest {
  VolumeId id;
  CapacityRange range;
  StorageClass storage_class;
  std::vector<Capability> capabilities;
};

struct CreatedVolume {
  int64_t capacity_bytes = 0;  // what the RDS says it is
  StringMap context;
};

// Makes the volume, or finds the one that an earlier call made (VOL-1). Nothing is exported yet.
// Two round trips; a third when what is known of the pool's room is older than a minute or too
// little, and a third when the outcome of making it was unknown.
// ALREADY_EXISTS: a volume of this name with another size or of another cluster.
// RESOURCE_EXHAUSTED: the pool has no room for all of it: files may be sparse, and a pool that runs
//   full loses data that was already acknowledged. FAILED_PRECONDITION: no pool there, or not in
//   order. OUT_OF_RANGE: see ChooseSize.
absl::StatusOr<CreatedVolume> CreateVolume(const Controller& controller,
                                           const CreateRequest& request, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_CREATE_H_
