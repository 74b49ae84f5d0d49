// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_TESTS_CRASH_EXCEPTIONS_H_
#define RDS_CSI_TESTS_CRASH_EXCEPTIONS_H_

#include "disturbance.h"
#include "scenario.h"

namespace rds_csi::world::crash {

// Whether a rule of the driver has this disturbance end otherwise than a run without trouble. Each
// such rule is named; there are few.
bool IsExcepted(const Scenario& scenario, Verb verb, const Effect& effect, Disturbance disturbance);

// Whether the state right after `verb` is compared only when it was not disturbed.
bool IsLeftToTheEnd(const Scenario& scenario, Verb verb);

}  // namespace rds_csi::world::crash

#endif  // RDS_CSI_TESTS_CRASH_EXCEPTIONS_H_
