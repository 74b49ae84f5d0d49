// SPDX-License-Identifier: Apache-2.0
// How a step is carried out: the verbs of controller and node, called as csi/controller_service.cc
// and csi/node_service.cc call them, and the events around them.
#ifndef RDS_CSI_TESTS_CRASH_CALLS_H_
#define RDS_CSI_TESTS_CRASH_CALLS_H_

#include "absl/status/status.h"
#include "scenario.h"

namespace rds_csi::crash {

class World;

inline constexpr int64_t kSize = int64_t{1} << 30;
inline constexpr int64_t kGrownSize = 2 * kSize;

// What the caller is answered. What a call brings back (contexts) is kept in the world, as
// Kubernetes keeps it. A volume whose usage or health is not in order is UNAVAILABLE.
absl::Status Carry(World& world, const Step& step);

}  // namespace rds_csi::crash

#endif  // RDS_CSI_TESTS_CRASH_CALLS_H_
