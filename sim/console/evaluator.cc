// SPDX-License-Identifier: Apache-2.0
#include "sim/console/evaluator.h"

#include <fmt/format.h>

#include "sim/base/status_macros.h"
#include "sim/base/units.h"
#include "sim/print/projection.h"
#include "sim/print/tables.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

// Arguments of `print` that say how to show rows, not which.
bool IsPresentation(std::string_view name) {
  static const std::set<std::string_view> kNames = {
      "as-value", "brief",          "count-only", "detail",         "proplist",
      "show-ids", "terse",          "stats",      "without-paging", "value-list",
      "comments", "show-sensitive", "from",       "options",        "show-hidden"};
  return kNames.count(name) != 0;
}

}  // namespace

absl::StatusOr<Evaluator::Call> Evaluator::Evaluate(const Statement& statement) {
  Call call;
  call.command.menu = statement.menu;
  call.command.verb = statement.verb;
  for (const Argument& argument : statement.arguments) {
    if (argument.value == nullptr) {
      call.flags.insert(argument.name);
      if (!IsPresentation(argument.name)) call.command.arguments[argument.name] = "yes";
      continue;
    }
    SIM_ASSIGN_OR_RETURN(ConsoleValue value, ValueOf(*argument.value));
    if (!IsPresentation(argument.name)) call.command.arguments[argument.name] = value.ToText(",");
    call.values[argument.name] = std::move(value);
  }
  if (statement.where != nullptr) {
    SIM_ASSIGN_OR_RETURN(call.command.where, ConditionOf(*statement.where));
  }
  return call;
}

absl::Status Evaluator::Run(const Statement& statement) {
  SIM_ASSIGN_OR_RETURN(const ConsoleValue value, ValueOf(statement));
  const bool counted = statement.verb == "print" && std::holds_alternative<Value>(value.what);
  if (counted) output_ += value.ToText() + "\r\n";
  return absl::OkStatus();
}

absl::StatusOr<ConsoleValue> Evaluator::ValueOf(const Statement& statement) {
  SIM_ASSIGN_OR_RETURN(const Call call, Evaluate(statement));
  if (statement.menu.empty()) return RunGlobal(call);
  if (statement.verb == "print") return RunPrint(call);
  SIM_ASSIGN_OR_RETURN(Reply reply, execute_(call.command));
  if (statement.verb == "find") {
    List ids;
    for (Record& row : reply.rows) ids.push_back({Value::Word(std::move(row.id))});
    return ConsoleValue{std::move(ids)};
  }
  if (statement.verb == "get" && !call.command.Find("value-name")) {
    return ConsoleValue{std::move(reply.rows)};
  }
  if (reply.result.empty()) return ConsoleValue{};
  return ConsoleValue{Value::Word(std::move(reply.result))};
}

absl::StatusOr<ConsoleValue> Evaluator::RunGlobal(const Call& call) {
  const std::string& verb = call.command.verb;
  if (verb == "put") {
    const auto message = call.values.find("message");
    if (message != call.values.end()) output_ += message->second.ToText();
    output_ += "\r\n";
    return ConsoleValue{};
  }
  if (verb != "serialize") return NotSimulated(":" + verb);
  if (call.command.Find("to").value_or("") != "json") return NotSimulated("other forms than json");
  const auto value = call.values.find("value");
  if (value == call.values.end()) return MissingArgument("value");
  const auto options = call.values.find("options");
  const std::string wanted = options == call.values.end() ? "" : options->second.ToText(",");
  const bool pretty = wanted.find("json.pretty") != std::string::npos;
  const bool keep_strings = wanted.find("json.no-string-conversion") != std::string::npos;
  return ConsoleValue::Text(value->second.ToJson(pretty, keep_strings));
}

absl::StatusOr<ConsoleValue> Evaluator::RunPrint(const Call& call) {
  SIM_ASSIGN_OR_RETURN(Reply reply, execute_(call.command));
  if (call.Has("count-only")) return ConsoleValue{Value::Number(reply.rows.size())};
  const auto proplist = call.values.find("proplist");
  if (proplist != call.values.end()) {
    Project(SplitList(proplist->second.ToText(",")), reply.rows);
  }
  if (call.Has("as-value")) return ConsoleValue{std::move(reply.rows)};
  Show(call, reply.rows);
  return ConsoleValue{};
}

void Evaluator::Show(const Call& call, const std::vector<Record>& rows) {
  TableStyle style = TableStyle::kBrief;
  if (call.Has("detail")) style = TableStyle::kDetail;
  if (call.Has("terse")) style = TableStyle::kTerse;
  if (call.Has("value-list")) style = TableStyle::kValueList;
  output_ += PrintTable(call.command.menu, style, rows);
}

absl::StatusOr<ConsoleValue> Evaluator::ValueOf(const Term& term) {
  switch (term.kind) {
    case Term::Kind::kLiteral:
    case Term::Kind::kName:
      return ConsoleValue::Text(term.text);
    case Term::Kind::kString:
      return ValueOfString(term);
    case Term::Kind::kVariable:
      return ConsoleValue{};  // there are no variables: each is nothing
    case Term::Kind::kCommands:
      return ValueOfCommands(term);
    case Term::Kind::kList:
      return ValueOfList(term);
    case Term::Kind::kNot: {
      SIM_ASSIGN_OR_RETURN(const ConsoleValue inner, ValueOf(term.parts[0]));
      return ConsoleValue{Value::YesNo(!inner.ToBool())};
    }
    case Term::Kind::kBinary:
      return ValueOfBinary(term);
  }
  return ConsoleValue{};
}

absl::StatusOr<ConsoleValue> Evaluator::ValueOfString(const Term& term) {
  std::string text;
  for (const Term& part : term.parts) {
    SIM_ASSIGN_OR_RETURN(const ConsoleValue value, ValueOf(part));
    text += value.ToText();
  }
  return ConsoleValue::Text(std::move(text));
}

absl::StatusOr<ConsoleValue> Evaluator::ValueOfList(const Term& term) {
  List items;
  for (const Term& part : term.parts) {
    SIM_ASSIGN_OR_RETURN(ConsoleValue item, ValueOf(part));
    items.push_back(std::move(item));
  }
  return ConsoleValue{std::move(items)};
}

absl::StatusOr<ConsoleValue> Evaluator::ValueOfCommands(const Term& term) {
  ConsoleValue value;
  for (const Statement& statement : term.statements) {
    SIM_ASSIGN_OR_RETURN(value, ValueOf(statement));
  }
  return value;
}

absl::StatusOr<ConsoleValue> Evaluator::ValueOfBinary(const Term& term) {
  SIM_ASSIGN_OR_RETURN(const ConsoleValue left, ValueOf(term.parts[0]));
  SIM_ASSIGN_OR_RETURN(const ConsoleValue right, ValueOf(term.parts[1]));
  const std::string a = left.ToText();
  const std::string b = right.ToText();
  if (term.text == ".") return ConsoleValue::Text(a + b);
  if (term.text == "and") return ConsoleValue{Value::YesNo(left.ToBool() && right.ToBool())};
  if (term.text == "or") return ConsoleValue{Value::YesNo(left.ToBool() || right.ToBool())};
  const auto x = ParseNumber(a);
  const auto y = ParseNumber(b);
  if (term.text == "+") {
    if (!x || !y) return absl::InvalidArgumentError("cannot add values that are no numbers");
    return ConsoleValue{Value::Plain(*x + *y)};
  }
  const int order = x && y ? (*x > *y) - (*x < *y) : a.compare(b);
  if (term.text == "=") return ConsoleValue{Value::YesNo(order == 0)};
  if (term.text == "!=") return ConsoleValue{Value::YesNo(order != 0)};
  if (term.text == "<") return ConsoleValue{Value::YesNo(order < 0)};
  if (term.text == ">") return ConsoleValue{Value::YesNo(order > 0)};
  if (term.text == "<=") return ConsoleValue{Value::YesNo(order <= 0)};
  if (term.text == ">=") return ConsoleValue{Value::YesNo(order >= 0)};
  return ConsoleValue{Value::YesNo(a.find(b) != std::string::npos)};
}

}  // namespace rds_csi::sim
