// SPDX-License-Identifier: Apache-2.0
// JSON in RouterOS's two dialects: `:serialize to=json`, where numbers are numbers and booleans are
// booleans, and REST, where every value is a string.
#ifndef RDS_CSI_SIM_PRINT_JSON_H_
#define RDS_CSI_SIM_PRINT_JSON_H_

#include <string>
#include <string_view>
#include <vector>

#include "sim/router/record.h"

namespace rds_csi::sim {

struct JsonStyle {
  bool pretty = false;
  bool keep_strings = false;  // else a text of digits becomes a number
  bool all_strings = false;   // REST
};

std::string PrintJson(const std::vector<Record>& rows, const JsonStyle& style);
std::string PrintJson(const Record& row, const JsonStyle& style);
std::string PrintJson(const Value& value, const JsonStyle& style);

// "text" with everything escaped that JSON wants escaped; bytes that are no UTF-8 become U+FFFD.
std::string QuoteJson(std::string_view text);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_PRINT_JSON_H_
