// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_TESTS_HISTORIES_HAPPENINGS_H_
#define RDS_CSI_TESTS_HISTORIES_HAPPENINGS_H_

#include "datacenter.h"
#include "objects.h"

namespace rds_csi::world::histories {

// Lets an event happen now; what lasts for a while ends by itself.
void Happen(Datacenter& datacenter, Objects& objects, const Event& event);

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_HAPPENINGS_H_
