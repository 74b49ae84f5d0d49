// SPDX-License-Identifier: Apache-2.0
#include "sim/print/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/base/units.h"
#include "sim/print/as_value.h"

namespace rds_csi::sim {
namespace {

// Printable ASCII without a quote or backslash: nearly everything there is.
bool NeedsNoEscape(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

void AppendQuoted(std::string_view text, std::string& out) {
  if (NeedsNoEscape(text)) {
    out.append("\"").append(text).append("\"");
  } else {
    out += QuoteJson(text);
  }
}

void AppendValue(const Value& value, const JsonStyle& style, std::string& out) {
  const std::string text = value.ForPrograms();
  const bool bare = !style.all_strings && (value.is_boolean() || value.is_number() ||
                                           (!style.keep_strings && ParseNumber(text)));
  if (bare) {
    out += text;
  } else {
    AppendQuoted(text, out);
  }
}

void AppendObject(const Record& row, const JsonStyle& style, std::string& out) {
  std::string_view separator = style.pretty ? "{\n    " : "{";
  const auto add = [&](std::string_view name, const Value& value) {
    out += separator;
    separator = style.pretty ? ",\n    " : ",";
    AppendQuoted(name, out);
    out += style.pretty ? ": " : ":";
    AppendValue(value, style, out);
  };
  if (!row.id.empty()) add(".id", Value::Word(row.id));
  for (const Property* property : SortedProperties(row)) add(property->name, property->value);
  if (separator.front() == '{') out += separator;
  out += style.pretty ? "\n  }" : "}";
}

}  // namespace

std::string QuoteJson(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string PrintJson(const Value& value, const JsonStyle& style) {
  std::string text;
  AppendValue(value, style, text);
  return text;
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
