// SPDX-License-Identifier: Apache-2.0
#include "sim/console/value.h"

#include "sim/print/as_value.h"
#include "sim/print/json.h"

namespace rds_csi::sim {

std::string ConsoleValue::ToText(std::string_view separator) const {
  if (const auto* value = std::get_if<Value>(&what)) return value->ForPrograms();
  if (const auto* rows = std::get_if<Rows>(&what)) return PrintAsValue(*rows);
  const auto* list = std::get_if<List>(&what);
  if (list == nullptr) return "";
  std::string text;
  for (const ConsoleValue& item : *list) {
    if (&item != &list->front()) text += separator;
    text += item.ToText(separator);
  }
  return text;
}

bool ConsoleValue::ToBool() const {
  const std::string text = ToText();
  return text == "true" || text == "yes";
}

std::string ConsoleValue::ToJson(bool pretty, bool keep_strings) const {
  const JsonStyle style{.pretty = pretty, .keep_strings = keep_strings};
  if (const auto* rows = std::get_if<Rows>(&what)) return PrintJson(*rows, style);
  if (const auto* value = std::get_if<Value>(&what)) return PrintJson(*value, style);
  std::string text;
  if (const auto* list = std::get_if<List>(&what)) {
    for (const ConsoleValue& item : *list) {
      if (!text.empty()) text += ',';
      text += item.ToJson(pretty, keep_strings);
    }
    return "[" + text + "]";
  }
  return "null";
}

}  // namespace rds_csi::sim
