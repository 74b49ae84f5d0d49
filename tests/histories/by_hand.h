// SPDX-License-Identifier: Apache-2.0
// What people do on the RDS behind the driver's back, and how they mend it.
#ifndef RDS_CSI_TESTS_HISTORIES_BY_HAND_H_
#define RDS_CSI_TESTS_HISTORIES_BY_HAND_H_

#include <functional>
#include <string>

#include "datacenter.h"
#include "objects.h"

namespace rds_csi::world::histories {

// Answers what mends it: nothing that the driver has changed meanwhile is changed back.
std::function<void()> DoByHand(Datacenter& datacenter, const Objects& objects, Kind kind,
                               int volume);

// The disk of somebody else that kHandForeignDisk adds; nobody may ever touch it.
RosRecord ForeignDisk();

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_BY_HAND_H_
