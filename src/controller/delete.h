// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_CONTROLLER_DELETE_H_
#define RDS_CSI_CONTROLLER_DELETE_H_

#include "controller/controller.h"

namespace rds_csi {

// Removes disk and file. A volume that is not there is success, once it is sure that no call that
// was cut off left a file of it behind. Three round trips; four for one
// that is exported although nobody is attached (the former driver's).
// FAILED_PRECONDITION: still attached, naming the node; or it belongs to another cluster.
absl::Status DeleteVolume(const Controller& controller, const VolumeId& id, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_DELETE_H_
