// SPDX-License-Identifier: Apache-2.0
// The characters of a console line and where they are. Columns count from 1, as in RouterOS's
// errors.
#ifndef RDS_CSI_SIM_CONSOLE_SCANNER_H_
#define RDS_CSI_SIM_CONSOLE_SCANNER_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace rds_csi::sim {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool AtEnd() const { return position_ >= text_.size(); }
  // '\0' past the end.
  char Peek(size_t ahead = 0) const;
  char Next();
  size_t position() const { return position_; }
  void Rewind(size_t position) { position_ = position; }

  void SkipBlanks();
  // Takes the text if it comes next.
  bool Take(std::string_view expected);
  // Takes a name: letters, digits, '-', '_' and (past the first character) '.'. May be empty.
  std::string TakeName();
  // Takes everything up to one of the characters that end an unquoted value.
  std::string TakeBareWord(std::string_view also_ends_at = "");

  // The end of a statement: ';', a newline, a closing bracket, or the end of the line.
  bool AtStatementEnd() const;

  // "syntax error (line 1 column N)" and its sisters, at a position.
  absl::Status SyntaxError(size_t position) const;
  absl::Status ExpectedEnd(size_t position) const;
  absl::Status BadCommand(std::string_view name, size_t position) const;

 private:
  std::string Where(size_t position) const;

  std::string_view text_;
  size_t position_ = 0;
};

// Whether a character may be in a name (a menu, command, argument or property).
bool IsNameCharacter(char c);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONSOLE_SCANNER_H_
