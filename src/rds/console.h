// SPDX-License-Identifier: Apache-2.0
// Commands as lines of the RouterOS console, and the console's answers: pure text, no SSH.
//
//   /disk/set numbers=*1F nvme-tcp-export="no"; :put [:serialize to=json
//       options=json.no-string-conversion [/disk/print as-value where .id=*1F]]; :put "rds-csi-end"
//
// (in one line). A change is followed by a print of the row, so that each verb is one round trip.
// The last word proves that the answer is whole: the exit status does not (it is unreliable), and
// an answer without records is empty. A console stops at the first command that fails.
#ifndef RDS_CSI_RDS_CONSOLE_H_
#define RDS_CSI_RDS_CONSOLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rds/command.h"

namespace rds_csi {

// The line for `command`. Every value is quoted; nothing is escaped, since CheckCommand lets
// nothing through that would need it. INVALID_ARGUMENT: see CheckCommand; also a .id that is none.
absl::StatusOr<std::string> ToConsoleLine(const RosCommand& command);

// What standard output said, CRLF or LF. An error on it becomes its RosError.
// DEADLINE_EXCEEDED: the answer is not whole, or cannot be read although something was changed: the
// outcome is unknown. INTERNAL: the answer to a print cannot be read.
absl::StatusOr<std::vector<RosRecord>> ParseConsoleReply(std::string_view output,
                                                         const RosCommand& command);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_CONSOLE_H_
