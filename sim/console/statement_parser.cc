// SPDX-License-Identifier: Apache-2.0
#include "sim/console/statement_parser.h"

#include <map>
#include <utility>

#include "sim/base/status_macros.h"
#include "sim/console/parser.h"

namespace rds_csi::sim {
namespace {

// The arguments that may be written without their names, in their order; a command takes those of
// them that it has.
const std::vector<std::string>& PositionalNames(const std::string& verb) {
  static const std::map<std::string, std::vector<std::string>> kNames = {
      {"get", {"number", "value-name"}},
      {"put", {"message"}},
      {"serialize", {"value"}},
      {"copy", {"number", "name"}},
      {"unset", {"numbers", "value-name"}}};
  static const std::vector<std::string> kNumbers = {"numbers"};
  const auto found = kNames.find(verb);
  return found == kNames.end() ? kNumbers : found->second;
}

}  // namespace

absl::StatusOr<std::vector<Statement>> ParseLine(const Schema& schema, std::string_view line) {
  return StatementParser(schema, line).ParseStatements('\0');
}

absl::StatusOr<std::vector<Statement>> StatementParser::ParseStatements(char end) {
  std::vector<Statement> statements;
  std::string context = menu_;
  if (++depth_ > kMaxDepth) return in_.SyntaxError(in_.position());
  for (;;) {
    in_.SkipBlanks();
    if (in_.AtEnd() && end == '\0') break;
    if (in_.Peek() == end && !in_.AtEnd()) {
      in_.Next();
      break;
    }
    if (in_.Take(";") || in_.Take("\n")) continue;
    if (in_.AtStatementEnd()) return in_.SyntaxError(in_.position());
    Statement statement;
    SIM_ASSIGN_OR_RETURN(const bool runs, ParseStatement(context, statement));
    if (runs) statements.push_back(std::move(statement));
  }
  --depth_;
  return statements;
}

// False for a bare menu path, which only changes where the next statements start.
absl::StatusOr<bool> StatementParser::ParseStatement(std::string& context, Statement& statement) {
  std::string menu = context;
  if (in_.Take(":") || in_.Take("/")) menu = "/";
  SIM_ASSIGN_OR_RETURN(const std::string verb, ParseVerb(menu));
  if (verb.empty()) {
    context = menu;
    return false;
  }
  statement.menu = menu == "/" ? "" : menu;
  statement.verb = verb;
  // `/disk set [find …]` finds in /disk, and `:put [print]` prints where the line is.
  const std::string outer = std::exchange(menu_, menu == "/" ? context : menu);
  SIM_RETURN_IF_ERROR(ParseArguments(*schema_.Find(menu)->Find(verb), statement));
  menu_ = outer;
  return true;
}

// Goes down the menus from `menu`, which becomes the menu of the command; empty when no command
// came.
absl::StatusOr<std::string> StatementParser::ParseVerb(std::string& menu) {
  while (true) {
    in_.SkipBlanks();
    if (in_.AtStatementEnd()) return std::string();
    if (in_.Take("/")) continue;
    const size_t start = in_.position();
    std::string name = in_.TakeName();
    const SchemaNode* node = schema_.Find(menu)->Find(name);
    if (name.empty()) return in_.SyntaxError(start);
    // The commands of the root (:put) are known in every menu.
    if (node == nullptr && menu != "/") {
      node = schema_.root().Find(name);
      const bool global = node != nullptr && node->kind == SchemaNode::Kind::kCommand;
      if (!global) return in_.BadCommand(name, start);
      menu = "/";
    }
    if (node == nullptr || node->kind == SchemaNode::Kind::kArgument) {
      return in_.BadCommand(name, start);
    }
    if (node->kind == SchemaNode::Kind::kCommand) return name;
    if (menu != "/") menu += "/";
    menu += name;
  }
}

absl::Status StatementParser::ParseArguments(const SchemaNode& command, Statement& statement) {
  size_t positional = 0;
  for (;;) {
    in_.SkipBlanks();
    if (in_.AtStatementEnd()) return absl::OkStatus();
    if (statement.verb == "find" || in_.Take("where ")) return ParseWhere(statement);
    SIM_RETURN_IF_ERROR(ParseArgument(command, statement, positional));
  }
}

absl::Status StatementParser::ParseArgument(const SchemaNode& command, Statement& statement,
                                            size_t& positional) {
  const size_t start = in_.position();
  const std::string name = in_.TakeName();
  const bool known = command.Find(name) != nullptr;
  const bool named = in_.Peek() == '=' && !name.empty();
  if (named && !known) return in_.ExpectedEnd(start);
  if (!known) {
    in_.Rewind(start);
    return ParsePositional(command, statement, positional);
  }
  Argument argument{.name = name, .value = nullptr};
  if (named) {
    in_.Next();
    SIM_ASSIGN_OR_RETURN(Term value, ParseValue());
    argument.value = std::make_shared<const Term>(std::move(value));
  }
  const char next = in_.Peek();
  if (!in_.AtStatementEnd() && next != ' ' && next != '\t' && next != '\r') {
    return in_.ExpectedEnd(in_.position());
  }
  statement.arguments.push_back(std::move(argument));
  return absl::OkStatus();
}

absl::Status StatementParser::ParsePositional(const SchemaNode& command, Statement& statement,
                                              size_t& positional) {
  const std::vector<std::string>& names = PositionalNames(statement.verb);
  const size_t start = in_.position();
  // `get` of a menu that is one object has no `number`, so `value-name` is its first.
  while (positional < names.size() && command.Find(names[positional]) == nullptr) ++positional;
  if (positional == names.size()) return in_.ExpectedEnd(start);
  SIM_ASSIGN_OR_RETURN(Term value, ParseValue());
  if (in_.position() == start) return in_.SyntaxError(start);
  statement.arguments.push_back(
      {.name = names[positional++], .value = std::make_shared<const Term>(std::move(value))});
  return absl::OkStatus();
}

absl::Status StatementParser::ParseWhere(Statement& statement) {
  in_.SkipBlanks();
  in_.Take("where ");
  in_.SkipBlanks();
  if (in_.AtStatementEnd()) return absl::OkStatus();
  SIM_ASSIGN_OR_RETURN(Term condition, ParseExpression());
  in_.SkipBlanks();
  if (!in_.AtStatementEnd()) return in_.SyntaxError(in_.position());
  statement.where = std::make_shared<const Term>(std::move(condition));
  return absl::OkStatus();
}

}  // namespace rds_csi::sim
