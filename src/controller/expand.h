// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_CONTROLLER_EXPAND_H_
#define RDS_CSI_CONTROLLER_EXPAND_H_

#include "controller/controller.h"
#include "model/capacity.h"

namespace rds_csi {

// Grows the volume to ChooseSize(range), never shrinks it; a volume that has the size already is
// success. Answers the size in bytes that the RDS says it has. Two round trips, and a third as in
// CreateVolume.
// NOT_FOUND, OUT_OF_RANGE (limit below the present size), RESOURCE_EXHAUSTED (pool full).
absl::StatusOr<int64_t> ExpandVolume(const Controller& controller, const VolumeId& id,
                                     const CapacityRange& range, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_EXPAND_H_
