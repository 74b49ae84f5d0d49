// SPDX-License-Identifier: Apache-2.0
// The parser proper. It goes down by recursion: statements hold values, values hold statements in
// brackets; nesting deeper than kMaxDepth is a syntax error.
#ifndef RDS_CSI_SIM_CONSOLE_STATEMENT_PARSER_H_
#define RDS_CSI_SIM_CONSOLE_STATEMENT_PARSER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/console/scanner.h"
#include "sim/console/syntax.h"
#include "sim/schema/schema.h"

namespace rds_csi::sim {

class StatementParser {
 public:
  StatementParser(const Schema& schema, std::string_view line) : schema_(schema), in_(line) {}

  // All statements up to `end` (']' inside brackets, '\0' for a whole line); takes `end`.
  absl::StatusOr<std::vector<Statement>> ParseStatements(char end);

 private:
  static constexpr int kMaxDepth = 64;

  // statement_parser.cc
  absl::StatusOr<bool> ParseStatement(std::string& context, Statement& statement);
  absl::StatusOr<std::string> ParseVerb(std::string& menu);
  absl::Status ParseArguments(const SchemaNode& command, Statement& statement);
  absl::Status ParseArgument(const SchemaNode& command, Statement& statement, size_t& positional);
  absl::Status ParsePositional(const SchemaNode& command, Statement& statement, size_t& positional);
  absl::Status ParseWhere(Statement& statement);

  // value_parser.cc
  absl::StatusOr<Term> ParseValue();
  absl::StatusOr<Term> ParseString();
  absl::Status ParseEscape(std::string& text);
  absl::StatusOr<Term> ParseExpansion();
  absl::StatusOr<Term> ParseList();
  absl::StatusOr<Term> ParseBracketed();

  // expression_parser.cc, loosest first
  absl::StatusOr<Term> ParseExpression();
  absl::StatusOr<Term> ParseAnd();
  absl::StatusOr<Term> ParseNot();
  absl::StatusOr<Term> ParseComparison();
  absl::StatusOr<Term> ParseSum();
  absl::StatusOr<Term> ParsePrimary();
  bool TakeWord(std::string_view word);

  const Schema& schema_;
  Scanner in_;
  int depth_ = 0;
  std::string menu_ = "/";  // of the command whose arguments are read: brackets in them start there
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONSOLE_STATEMENT_PARSER_H_
