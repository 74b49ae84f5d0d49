// SPDX-License-Identifier: Apache-2.0
// Runs console lines, as an SSH exec or /rest/execute does.
#ifndef RDS_CSI_SIM_CONSOLE_CONSOLE_H_
#define RDS_CSI_SIM_CONSOLE_CONSOLE_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sim/router/command.h"
#include "sim/schema/schema.h"

namespace rds_csi::sim {

using Execute = std::function<absl::StatusOr<Reply>(const Command&)>;

struct ConsoleOutput {
  std::string text;     // lines end in CR LF
  absl::Status status;  // of the statement that ended the line; its words are in `text` already
};

// Runs the statements in order and stops at the first that fails. CANCELLED and DATA_LOSS (injected
// faults) leave `text` to the door.
ConsoleOutput RunLine(const Schema& schema, std::string_view line, const Execute& execute);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONSOLE_CONSOLE_H_
