// SPDX-License-Identifier: Apache-2.0
// What happens around the calls: Verb::kWrite to Verb::kWaitForLong.
#ifndef RDS_CSI_TESTS_CRASH_EVENTS_H_
#define RDS_CSI_TESTS_CRASH_EVENTS_H_

#include "scenario.h"

namespace rds_csi::world::crash {

class World;

void Happen(World& world, const Step& event);

}  // namespace rds_csi::world::crash

#endif  // RDS_CSI_TESTS_CRASH_EVENTS_H_
