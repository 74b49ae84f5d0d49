// SPDX-License-Identifier: Apache-2.0
#include "fs/format.h"

#include "base/status.h"
#include "fs/tool.h"

namespace rds_csi {

std::vector<std::string> FormatCommand(FsType type, const std::string& device, FormatOver over) {
  const bool xfs = type == FsType::kXfs;
  std::vector<std::string> command = {std::string("mkfs.").append(NameOf(type)), "-q"};
  if (over == FormatOver::kUnfinished) command.emplace_back(xfs ? "-f" : "-F");
  if (xfs) {
    command.emplace_back("-K");
  } else {
    command.insert(command.end(),
                   {"-m0", "-E", "nodiscard,lazy_itable_init=1,lazy_journal_init=1"});
  }
  command.push_back(device);
  return command;
}

absl::Status Format(Exec& exec, FsType type, const std::string& device, FormatOver over,
                    absl::Time deadline) {
  const std::vector<std::string> argv = FormatCommand(type, device, over);
  ASSIGN_OR_RETURN(const ExecResult result, RunTool(exec, argv, deadline));
  if (result.exit_code == 0) return absl::OkStatus();
  return ToolError(absl::StatusCode::kInternal, argv, result);
}

}  // namespace rds_csi
