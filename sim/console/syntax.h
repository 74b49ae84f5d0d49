// SPDX-License-Identifier: Apache-2.0
// A parsed console line. RouterOS reads the whole line against its command tree before it runs any
// of it, so a line with an error anywhere does nothing.
#ifndef RDS_CSI_SIM_CONSOLE_SYNTAX_H_
#define RDS_CSI_SIM_CONSOLE_SYNTAX_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace rds_csi::sim {

struct Statement;

// One value as it was written.
struct Term {
  enum class Kind {
    kString,    // "a" and "a$[…]b": `parts` one after the other
    kLiteral,   // text as it is
    kName,      // a bare word in an expression: a property of the row, or a literal
    kVariable,  // $name
    kCommands,  // [ … ]: the value of the last of `statements`
    kList,      // { a ; b }
    kNot,       // !parts[0]
    kBinary,    // parts[0] text parts[1]; text is one of = != < > <= >= ~ and or . +
  };

  Kind kind = Kind::kLiteral;
  std::string text;
  std::vector<Term> parts;
  std::vector<Statement> statements;
};

struct Argument {
  std::string name;
  std::shared_ptr<const Term> value;  // null: only the name was written, as in `print detail`
};

struct Statement {
  std::string menu;  // "/disk"; "" for the global commands :put and :serialize
  std::string verb;
  std::vector<Argument> arguments;
  std::shared_ptr<const Term> where;  // null: none
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONSOLE_SYNTAX_H_
