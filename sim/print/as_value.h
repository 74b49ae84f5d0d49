// SPDX-License-Identifier: Apache-2.0
// Rows as `:put [print as-value]` shows them: ".id=*1;slot=a;.id=*2;slot=b", keys in order.
#ifndef RDS_CSI_SIM_PRINT_AS_VALUE_H_
#define RDS_CSI_SIM_PRINT_AS_VALUE_H_

#include <string>
#include <vector>

#include "sim/router/record.h"

namespace rds_csi::sim {

std::string PrintAsValue(const std::vector<Record>& rows);

// A row's properties in the order of their names: the keys of a RouterOS array are always sorted.
// They point into the row. `.id`, which comes before them all, is not among them.
std::vector<const Property*> SortedProperties(const Record& row);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_PRINT_AS_VALUE_H_
