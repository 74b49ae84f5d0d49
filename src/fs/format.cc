// SPDX-License-Identifier: Apache-2.0
#include "fs/format.h"

#include "base/status.h"
#include "fs/tool.h"

namespace rds_csi {

std::vector<std::string> FormatCommand(FsType type, const std::string& device) {
  if (type == FsType::kXfs) return {"mkfs.xfs", "-q", "-K", device};
  return {std::string("mkfs.").append(NameOf(type)),          "-q",  "-m0", "-E",
          "nodiscard,lazy_itable_init=1,lazy_journal_init=1", device};
}

absl::Status Format(Exec& exec, FsType type, const std::string& device, absl::Time deadline) {
  const std::vector<std::string> argv = FormatCommand(type, device);
  ASSIGN_OR_RETURN(const ExecResult result, RunTool(exec, argv, deadline));
  if (result.exit_code == 0) return absl::OkStatus();
  return ToolError(absl::StatusCode::kInternal, argv, result);
}

}  // namespace rds_csi
