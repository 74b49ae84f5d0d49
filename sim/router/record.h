// SPDX-License-Identifier: Apache-2.0
// One row of a menu as `print` sees it: properties in the order RouterOS shows them. A value knows
// how a person sees it (53 687 091 200, 50.0GiB, yes) and how a program does (53687091200, true).
#ifndef RDS_CSI_SIM_ROUTER_RECORD_H_
#define RDS_CSI_SIM_ROUTER_RECORD_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rds_csi::sim {

struct Value {
  enum class Kind {
    kText,     // quoted for people
    kWord,     // never quoted, not even with a blank in it
    kNumber,   // digits in groups of three for people
    kPlain,    // a number that people see as it is: ports, offsets, sector sizes
    kSize,     // rounded for people
    kPercent,  // 8 → "8%"
    kYesNo,    // yes/no for people, true/false for programs
    kFlag,     // as kYesNo; people see only the letter in the flag column
  };

  Kind kind = Kind::kText;
  std::string text;
  uint64_t number = 0;

  static Value Text(std::string text) { return {Kind::kText, std::move(text), 0}; }
  static Value Word(std::string text) { return {Kind::kWord, std::move(text), 0}; }
  static Value Number(uint64_t number) { return {Kind::kNumber, {}, number}; }
  static Value Plain(uint64_t number) { return {Kind::kPlain, {}, number}; }
  static Value Size(uint64_t bytes) { return {Kind::kSize, {}, bytes}; }
  static Value Percent(uint64_t percent) { return {Kind::kPercent, {}, percent}; }
  static Value YesNo(bool yes) { return {Kind::kYesNo, {}, yes ? 1U : 0U}; }
  static Value Flag(bool on) { return {Kind::kFlag, {}, on ? 1U : 0U}; }

  bool is_boolean() const { return kind == Kind::kYesNo || kind == Kind::kFlag; }
  bool is_number() const {
    return kind == Kind::kNumber || kind == Kind::kPlain || kind == Kind::kSize;
  }

  // What REST and as-value give: raw digits, true/false, the bare text.
  std::string ForPrograms() const;
  // What `print detail` gives, quotes included.
  std::string ForPeople() const;
};

struct Property {
  std::string_view name;  // a literal: rows are many, names are few
  Value value;
};

struct Record {
  // "*1F", or empty in a menu that is one object (/system/resource).
  std::string id;
  std::vector<Property> properties;

  // `name` must be a literal.
  void Add(std::string_view name, Value value) { properties.push_back({name, std::move(value)}); }
  // That property, or null. `.id` is none of them; see Get.
  const Property* FindProperty(std::string_view name) const;
  const Value* Find(std::string_view name) const;
  // The machine form of a property or of `.id`; empty when there is none.
  std::string Get(std::string_view name) const;
};

// "*1F" for 31, and back (0 when the text is no id).
std::string FormatId(uint64_t id);
uint64_t ParseId(std::string_view text);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_RECORD_H_
