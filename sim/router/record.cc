// SPDX-License-Identifier: Apache-2.0
#include "sim/router/record.h"

#include <fmt/format.h>

#include <charconv>

#include "sim/base/units.h"

namespace rds_csi::sim {
namespace {

std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string Value::ForPrograms() const {
  switch (kind) {
    case Kind::kText:
    case Kind::kWord:
      return text;
    case Kind::kNumber:
    case Kind::kPlain:
    case Kind::kSize:
      return fmt::format("{}", number);
    case Kind::kPercent:
      return fmt::format("{}%", number);
    case Kind::kYesNo:
    case Kind::kFlag:
      return number != 0 ? "true" : "false";
  }
  return "";
}

std::string Value::ForPeople() const {
  switch (kind) {
    case Kind::kText:
      return Quote(text);
    case Kind::kWord:
      return text;
    case Kind::kNumber:
      return GroupDigits(number);
    case Kind::kPlain:
      return fmt::format("{}", number);
    case Kind::kSize:
      return RoundSize(number);
    case Kind::kPercent:
      return fmt::format("{}%", number);
    case Kind::kYesNo:
    case Kind::kFlag:
      return number != 0 ? "yes" : "no";
  }
  return "";
}

const Property* Record::FindProperty(std::string_view name) const {
  for (const Property& property : properties) {
    if (property.name == name) return &property;
  }
  return nullptr;
}

const Value* Record::Find(std::string_view name) const {
  const Property* property = FindProperty(name);
  return property == nullptr ? nullptr : &property->value;
}

std::string Record::Get(std::string_view name) const {
  if (name == ".id") return id;
  const Value* value = Find(name);
  return value == nullptr ? std::string() : value->ForPrograms();
}

std::string FormatId(uint64_t id) { return fmt::format("*{:X}", id); }

uint64_t ParseId(std::string_view text) {
  uint64_t id = 0;
  if (text.size() < 2 || text.front() != '*') return 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), id, 16);
  return error == std::errc() && end == text.data() + text.size() ? id : 0;
}

}  // namespace rds_csi::sim
