// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "sim/base/status_macros.h"
#include "sim/console/statement_parser.h"

namespace rds_csi::sim {
namespace {

Term Literal(std::string text) {
  Term term;
  term.text = std::move(text);
  return term;
}

// What a letter after a backslash stands for; '\0' when it is no such letter.
char ControlCharacter(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case '_':
      return ' ';
    case '"':
    case '\\':
    case '$':
    case '?':
      return letter;
    default:
      return '\0';
  }
}

// Upper case only, as RouterOS wants it; -1 for any other character.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

absl::StatusOr<Term> StatementParser::ParseValue() {
  switch (in_.Peek()) {
    case '"':
      return ParseString();
    case '[':
    case '(':
    case '$':
      return ParseExpansion();
    case '{':
      return ParseList();
    default:
      return Literal(in_.TakeBareWord());
  }
}

absl::StatusOr<Term> StatementParser::ParseString() {
  const size_t start = in_.position();
  Term string;
  string.kind = Term::Kind::kString;
  std::string text;
  in_.Next();
  while (!in_.Take("\"")) {
    if (in_.AtEnd()) return in_.SyntaxError(start);
    const char next = in_.Peek(1);
    if (in_.Peek() == '$' && (next == '[' || next == '(' || IsNameCharacter(next))) {
      string.parts.push_back(Literal(std::exchange(text, "")));
      SIM_ASSIGN_OR_RETURN(Term expansion, ParseExpansion());
      string.parts.push_back(std::move(expansion));
    } else if (in_.Peek() == '\\') {
      SIM_RETURN_IF_ERROR(ParseEscape(text));
    } else if (in_.Peek() == '\t') {
      in_.Next();
      text += "    ";  // a raw tab is four blanks to RouterOS
    } else {
      text += in_.Next();
    }
  }
  string.parts.push_back(Literal(std::move(text)));
  return string;
}

absl::Status StatementParser::ParseEscape(std::string& text) {
  const size_t start = in_.position();
  in_.Next();
  const int high = HexDigit(in_.Peek());
  const int low = HexDigit(in_.Peek(1));
  if (high >= 0 && low >= 0) {
    text += static_cast<char>(high * 16 + low);
    in_.Next();
    in_.Next();
    return absl::OkStatus();
  }
  const char control = ControlCharacter(in_.Next());
  if (control == '\0') return in_.SyntaxError(start);
  text += control;
  return absl::OkStatus();
}

// $name, $[…], $(…), […], (…).
absl::StatusOr<Term> StatementParser::ParseExpansion() {
  const bool dollar = in_.Take("$");
  if (in_.Peek() == '[' || in_.Peek() == '(') return ParseBracketed();
  Term variable;
  variable.kind = Term::Kind::kVariable;
  variable.text = in_.TakeName();
  if (!dollar || variable.text.empty()) return in_.SyntaxError(in_.position());
  return variable;
}

absl::StatusOr<Term> StatementParser::ParseBracketed() {
  const size_t start = in_.position();
  if (in_.Next() == '[') {
    Term commands;
    commands.kind = Term::Kind::kCommands;
    SIM_ASSIGN_OR_RETURN(commands.statements, ParseStatements(']'));
    return commands;
  }
  SIM_ASSIGN_OR_RETURN(Term inner, ParseExpression());
  in_.SkipBlanks();
  if (!in_.Take(")")) return in_.SyntaxError(start);
  return inner;
}

absl::StatusOr<Term> StatementParser::ParseList() {
  const size_t start = in_.position();
  Term list;
  list.kind = Term::Kind::kList;
  if (++depth_ > kMaxDepth) return in_.SyntaxError(start);
  in_.Next();
  for (in_.SkipBlanks(); !in_.Take("}"); in_.SkipBlanks()) {
    if (in_.AtEnd()) return in_.SyntaxError(start);
    if (in_.Take(";")) continue;
    const size_t item_start = in_.position();
    SIM_ASSIGN_OR_RETURN(Term item, ParseValue());
    if (in_.position() == item_start) return in_.SyntaxError(item_start);
    list.parts.push_back(std::move(item));
  }
  --depth_;
  return list;
}

}  // namespace rds_csi::sim
