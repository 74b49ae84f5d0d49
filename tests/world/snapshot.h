// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_TESTS_WORLD_SNAPSHOT_H_
#define RDS_CSI_TESTS_WORLD_SNAPSHOT_H_

#include <string>

namespace rds_csi::world {

class Site;

// All that there is on the RDS and on the machines, a line each, in order. What differs from run to
// run though nothing is different is masked: numbers of NVMe devices (they are counted anew),
// times, boots, the random digits of files.
std::string SnapshotOf(Site& site);

// The lines that only one of the two has, with "-" and "+" before them.
std::string Difference(const std::string& wanted, const std::string& found);

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_SNAPSHOT_H_
