// SPDX-License-Identifier: Apache-2.0
#include "sim/base/status_macros.h"
#include "sim/console/evaluator.h"

namespace rds_csi::sim {
namespace {

Condition Constant(bool holds) {
  Condition condition;
  condition.op = holds ? Condition::Op::kAlways : Condition::Op::kNever;
  return condition;
}

}  // namespace

absl::StatusOr<Condition> Evaluator::ConditionOf(const Term& term) {
  if (term.kind == Term::Kind::kName) {
    return Condition::Compare(Condition::Op::kTruthy, term.text, "");
  }
  if (term.kind == Term::Kind::kNot) {
    SIM_ASSIGN_OR_RETURN(Condition inner, ConditionOf(term.parts[0]));
    return Condition::Not(std::move(inner));
  }
  if (term.kind == Term::Kind::kBinary && (term.text == "and" || term.text == "or")) {
    SIM_ASSIGN_OR_RETURN(Condition left, ConditionOf(term.parts[0]));
    SIM_ASSIGN_OR_RETURN(Condition right, ConditionOf(term.parts[1]));
    return term.text == "and" ? Condition::Both(std::move(left), std::move(right))
                              : Condition::Either(std::move(left), std::move(right));
  }
  const bool compares = term.kind == Term::Kind::kBinary && term.text != "." && term.text != "+";
  if (compares && term.parts[0].kind == Term::Kind::kName) return ComparisonOf(term);
  SIM_ASSIGN_OR_RETURN(const ConsoleValue value, ValueOf(term));
  return Constant(value.ToBool());
}

absl::StatusOr<Condition> Evaluator::ComparisonOf(const Term& term) {
  using Op = Condition::Op;
  const std::string& name = term.parts[0].text;
  SIM_ASSIGN_OR_RETURN(const ConsoleValue right, ValueOf(term.parts[1]));
  const std::string value = right.ToText();
  if (term.text == "~") return Condition::Matches(name, value);
  if (term.text == "=") return Condition::Compare(Op::kEqual, name, value);
  if (term.text == "!=") return Condition::Not(Condition::Compare(Op::kEqual, name, value));
  if (term.text == "<") return Condition::Compare(Op::kLess, name, value);
  if (term.text == ">") return Condition::Compare(Op::kGreater, name, value);
  if (term.text == "<=") return Condition::Not(Condition::Compare(Op::kGreater, name, value));
  return Condition::Not(Condition::Compare(Op::kLess, name, value));
}

}  // namespace rds_csi::sim
