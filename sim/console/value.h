// SPDX-License-Identifier: Apache-2.0
// What a console expression is worth.
#ifndef RDS_CSI_SIM_CONSOLE_VALUE_H_
#define RDS_CSI_SIM_CONSOLE_VALUE_H_

#include <string>
#include <variant>
#include <vector>

#include "sim/router/record.h"

namespace rds_csi::sim {

struct ConsoleValue;

struct Nothing {};
using Rows = std::vector<Record>;
using List = std::vector<ConsoleValue>;

struct ConsoleValue {
  // Text is a string value, an id is a Value::Word.
  std::variant<Nothing, Value, List, Rows> what;

  static ConsoleValue Text(std::string text) { return {Value::Text(std::move(text))}; }

  // As :put shows it and as it is taken into strings and arguments: "*1;*2" with `separator` ";".
  std::string ToText(std::string_view separator = ";") const;
  bool ToBool() const;
  // What :serialize to=json makes of it. Text that looks like a number becomes one, unless
  // `keep_strings` (the option json.no-string-conversion).
  std::string ToJson(bool pretty, bool keep_strings) const;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONSOLE_VALUE_H_
