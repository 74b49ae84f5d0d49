// SPDX-License-Identifier: Apache-2.0
#include "sim/print/json.h"

#include <nlohmann/json.hpp>

#include "sim/base/units.h"
#include "sim/print/as_value.h"

namespace rds_csi::sim {
namespace {

void AppendObject(const Record& row, const JsonStyle& style, std::string& text) {
  const std::string_view separator = style.pretty ? ",\n    " : ",";
  text += style.pretty ? "{\n    " : "{";
  bool first = true;
  for (const Property& property : SortedProperties(row)) {
    if (!first) text += separator;
    first = false;
    text += QuoteJson(property.name);
    text += style.pretty ? ": " : ":";
    text += PrintJson(property.value, style);
  }
  text += style.pretty ? "\n  }" : "}";
}

}  // namespace

std::string QuoteJson(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string PrintJson(const Value& value, const JsonStyle& style) {
  std::string text = value.ForPrograms();
  if (style.all_strings) return QuoteJson(text);
  if (value.is_boolean() || value.is_number()) return text;
  if (!style.keep_strings && ParseNumber(text)) return text;
  return QuoteJson(text);
}

std::string PrintJson(const Record& row, const JsonStyle& style) {
  std::string text;
  AppendObject(row, style, text);
  return text;
}

std::string PrintJson(const std::vector<Record>& rows, const JsonStyle& style) {
  std::string text = "[";
  for (const Record& row : rows) {
    if (text.size() > 1) text += ',';
    if (style.pretty) text += "\n  ";
    AppendObject(row, style, text);
  }
  if (style.pretty && !rows.empty()) text += '\n';
  return text + "]";
}

}  // namespace rds_csi::sim
