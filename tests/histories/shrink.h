// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_TESTS_HISTORIES_SHRINK_H_
#define RDS_CSI_TESTS_HISTORIES_SHRINK_H_

#include "absl/time/time.h"
#include "plan.h"

namespace rds_csi::world::histories {

// A shorter plan that is broken, too: fewer events, volumes, workers, and no anchors, as far as
// that goes in `time`.
Plan Shrunk(Plan plan, absl::Duration time);

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_SHRINK_H_
