// SPDX-License-Identifier: Apache-2.0
// Reads a console line against the command tree of one RouterOS version.
//   /disk set [find slot="a"] comment="x"; :put [:serialize to=json [/disk print as-value]]
// Menus may be written with blanks or slashes. In double quotes a backslash escapes `"`, `\`, `$`,
// `?`, makes a blank of `_`, a control character of n r t a b f v, and any byte of two upper-case
// hex digits; $name, $(…) and $[…] are expanded, which is how a name with `$[` in it runs a
// command. Not there: scripts (:if, :do, :local, :foreach, …).
#ifndef RDS_CSI_SIM_CONSOLE_PARSER_H_
#define RDS_CSI_SIM_CONSOLE_PARSER_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/console/syntax.h"
#include "sim/schema/schema.h"

namespace rds_csi::sim {

// INVALID_ARGUMENT with RouterOS's words and column: "bad command name x (line 1 column 7)",
// "expected end of command (…)", "syntax error (…)".
absl::StatusOr<std::vector<Statement>> ParseLine(const Schema& schema, std::string_view line);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONSOLE_PARSER_H_
