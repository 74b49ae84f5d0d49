// SPDX-License-Identifier: Apache-2.0
// `proplist`: only these properties, in this order; names that a row has not are simply absent.
#ifndef RDS_CSI_SIM_PRINT_PROJECTION_H_
#define RDS_CSI_SIM_PRINT_PROJECTION_H_

#include <string>
#include <vector>

#include "sim/router/record.h"

namespace rds_csi::sim {

void Project(const std::vector<std::string>& proplist, std::vector<Record>& rows);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_PRINT_PROJECTION_H_
