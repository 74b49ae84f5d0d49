// SPDX-License-Identifier: Apache-2.0
// What `print` shows to people, with everything that makes it hard to parse: flag letters in
// columns of their own, digit groups, rounded sizes, and lines that are wrapped at 80 characters —
// an unquoted value that is longer than a line is cut in its middle.
#ifndef RDS_CSI_SIM_PRINT_TABLES_H_
#define RDS_CSI_SIM_PRINT_TABLES_H_

#include <string>
#include <string_view>
#include <vector>

#include "sim/router/record.h"

namespace rds_csi::sim {

enum class TableStyle { kBrief, kDetail, kTerse, kValueList };

// Lines end in CR LF; an empty line follows each row of kDetail.
std::string PrintTable(std::string_view menu, TableStyle style, const std::vector<Record>& rows);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_PRINT_TABLES_H_
