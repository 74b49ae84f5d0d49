// SPDX-License-Identifier: Apache-2.0
#include "sim/router/condition.h"

#include <fmt/format.h>
#include <regex.h>

#include <algorithm>

#include "sim/base/units.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {

class Pattern {
 public:
  explicit Pattern(const std::string& expression)
      : valid_(regcomp(&regex_, expression.c_str(), REG_EXTENDED | REG_NOSUB) == 0) {}
  ~Pattern() {
    if (valid_) regfree(&regex_);
  }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  bool valid() const { return valid_; }
  bool Finds(const std::string& text) const {
    return regexec(&regex_, text.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t regex_;
  bool valid_;
};

namespace {

bool Equal(const Value& value, const std::string& text) {
  if (value.is_boolean()) return ParseYesNo(text) == (value.number != 0);
  if (value.is_number()) return ParseSize(text) == value.number;
  return value.ForPrograms() == text;
}

// Negative, zero or positive; numbers by value, all else by text.
int Order(const Value& value, const std::string& text) {
  const std::optional<uint64_t> number = ParseSize(text);
  if (!value.is_number() || !number) return value.ForPrograms().compare(text);
  if (value.number == *number) return 0;
  return value.number < *number ? -1 : 1;
}

bool Truthy(const Record& record, std::string_view name) {
  const std::string text = record.Get(name);
  return !text.empty() && text != "false";
}

bool HoldsOnValue(const Condition& condition, const Value& value) {
  switch (condition.op) {
    case Condition::Op::kPresent:
      return true;
    case Condition::Op::kEqual:
      return Equal(value, condition.value);
    case Condition::Op::kLess:
      return Order(value, condition.value) < 0;
    case Condition::Op::kGreater:
      return Order(value, condition.value) > 0;
    case Condition::Op::kMatches:
      return condition.pattern->Finds(value.ForPrograms());
    default:
      return false;
  }
}

Condition Join(Condition::Op op, Condition a, Condition b) {
  Condition joined;
  joined.op = op;
  joined.parts.push_back(std::move(a));
  joined.parts.push_back(std::move(b));
  return joined;
}

}  // namespace

Condition Condition::Compare(Op op, std::string_view name, std::string_view value) {
  Condition condition;
  condition.op = op;
  condition.name = name;
  condition.value = value;
  return condition;
}

Condition Condition::Not(Condition inner) {
  Condition condition;
  condition.op = Op::kNot;
  condition.parts.push_back(std::move(inner));
  return condition;
}

Condition Condition::Both(Condition a, Condition b) {
  return Join(Op::kAnd, std::move(a), std::move(b));
}

Condition Condition::Either(Condition a, Condition b) {
  return Join(Op::kOr, std::move(a), std::move(b));
}

absl::StatusOr<Condition> Condition::Matches(std::string_view name, std::string_view expression) {
  Condition condition = Compare(Op::kMatches, name, expression);
  auto pattern = std::make_shared<Pattern>(condition.value);
  if (!pattern->valid()) {
    return absl::InvalidArgumentError(
        fmt::format("failure: bad regular expression {}", expression));
  }
  condition.pattern = std::move(pattern);
  return condition;
}

bool Condition::Holds(const Record& record) const {
  const auto holds = [&](const Condition& part) { return part.Holds(record); };
  switch (op) {
    case Op::kAlways:
      return true;
    case Op::kNever:
      return false;
    case Op::kAnd:
      return std::all_of(parts.begin(), parts.end(), holds);
    case Op::kOr:
      return std::any_of(parts.begin(), parts.end(), holds);
    case Op::kNot:
      return !parts.front().Holds(record);
    case Op::kTruthy:
      return Truthy(record, name);
    default:
      break;
  }
  if (name == ".id") return HoldsOnValue(*this, Value::Word(record.id));
  const Value* found = record.Find(name);
  // A property that is not there compares as nothing: equal to "" alone.
  if (found == nullptr) return op == Op::kEqual && value.empty();
  return HoldsOnValue(*this, *found);
}

std::optional<std::vector<std::string>> Condition::OnlyValuesOf(std::string_view property) const {
  if (op == Op::kNever) return std::vector<std::string>();
  if (op == Op::kEqual && name == property) return std::vector<std::string>{value};
  if (op == Op::kAnd) {
    for (const Condition& part : parts) {
      if (auto values = part.OnlyValuesOf(property)) return values;
    }
  }
  if (op != Op::kOr) return std::nullopt;
  std::vector<std::string> all;
  for (const Condition& part : parts) {
    const auto values = part.OnlyValuesOf(property);
    if (!values) return std::nullopt;
    all.insert(all.end(), values->begin(), values->end());
  }
  return all;
}

}  // namespace rds_csi::sim
