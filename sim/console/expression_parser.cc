// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cctype>

#include "sim/base/status_macros.h"
#include "sim/console/statement_parser.h"

namespace rds_csi::sim {
namespace {

Term Binary(std::string_view op, Term left, Term right) {
  Term term;
  term.kind = Term::Kind::kBinary;
  term.text = op;
  term.parts.push_back(std::move(left));
  term.parts.push_back(std::move(right));
  return term;
}

Term Word(std::string text) {
  Term term;
  // Words that begin like a property name may be one; *1F, 10 and /a/b are literals.
  const bool name = std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '.';
  term.kind = name ? Term::Kind::kName : Term::Kind::kLiteral;
  term.text = std::move(text);
  return term;
}

// Characters that end a bare word inside an expression, beyond those that always do.
constexpr std::string_view kOperatorCharacters = "=!<>~&|,+";

}  // namespace

// Takes `word` when it is a whole word.
bool StatementParser::TakeWord(std::string_view word) {
  const size_t start = in_.position();
  if (in_.Take(word) && !IsNameCharacter(in_.Peek())) return true;
  in_.Rewind(start);
  return false;
}

absl::StatusOr<Term> StatementParser::ParseExpression() {
  if (++depth_ > kMaxDepth) return in_.SyntaxError(in_.position());
  SIM_ASSIGN_OR_RETURN(Term left, ParseAnd());
  for (in_.SkipBlanks(); in_.Take("||") || TakeWord("or"); in_.SkipBlanks()) {
    SIM_ASSIGN_OR_RETURN(Term right, ParseAnd());
    left = Binary("or", std::move(left), std::move(right));
  }
  --depth_;
  return left;
}

absl::StatusOr<Term> StatementParser::ParseAnd() {
  SIM_ASSIGN_OR_RETURN(Term left, ParseNot());
  for (in_.SkipBlanks(); in_.Take("&&") || TakeWord("and"); in_.SkipBlanks()) {
    SIM_ASSIGN_OR_RETURN(Term right, ParseNot());
    left = Binary("and", std::move(left), std::move(right));
  }
  return left;
}

absl::StatusOr<Term> StatementParser::ParseNot() {
  in_.SkipBlanks();
  int negations = 0;
  for (; in_.Take("!") || TakeWord("not"); in_.SkipBlanks()) ++negations;
  SIM_ASSIGN_OR_RETURN(Term inner, ParseComparison());
  if (negations % 2 == 0) return inner;
  Term term;
  term.kind = Term::Kind::kNot;
  term.parts.push_back(std::move(inner));
  return term;
}

absl::StatusOr<Term> StatementParser::ParseComparison() {
  static constexpr std::array<std::string_view, 7> kOperators = {"!=", "<=", ">=", "=",
                                                                 "<",  ">",  "~"};
  SIM_ASSIGN_OR_RETURN(Term left, ParseSum());
  in_.SkipBlanks();
  for (const std::string_view op : kOperators) {
    if (!in_.Take(op)) continue;
    SIM_ASSIGN_OR_RETURN(Term right, ParseSum());
    return Binary(op, std::move(left), std::move(right));
  }
  return left;
}

absl::StatusOr<Term> StatementParser::ParseSum() {
  SIM_ASSIGN_OR_RETURN(Term left, ParsePrimary());
  for (in_.SkipBlanks();; in_.SkipBlanks()) {
    const char op = in_.Peek();
    if (op != '.' && op != '+') return left;
    in_.Next();
    SIM_ASSIGN_OR_RETURN(Term right, ParsePrimary());
    left = Binary(std::string(1, op), std::move(left), std::move(right));
  }
}

absl::StatusOr<Term> StatementParser::ParsePrimary() {
  in_.SkipBlanks();
  const size_t start = in_.position();
  const char c = in_.Peek();
  if (c == '"' || c == '[' || c == '(' || c == '$' || c == '{') return ParseValue();
  std::string word = in_.TakeBareWord(kOperatorCharacters);
  if (word.empty()) return in_.SyntaxError(start);
  return Word(std::move(word));
}

}  // namespace rds_csi::sim
