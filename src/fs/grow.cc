// SPDX-License-Identifier: Apache-2.0
#include "fs/grow.h"

#include <vector>

#include "base/status.h"
#include "fs/tool.h"

namespace rds_csi {

absl::Status Grow(Exec& exec, FsType type, const std::string& device,
                  const std::string& mount_point, absl::Time deadline) {
  const std::vector<std::string> argv = type == FsType::kXfs
                                            ? std::vector<std::string>{"xfs_growfs", mount_point}
                                            : std::vector<std::string>{"resize2fs", device};
  ASSIGN_OR_RETURN(const ExecResult result, RunTool(exec, argv, deadline));
  if (result.exit_code == 0) return absl::OkStatus();
  return ToolError(absl::StatusCode::kInternal, argv, result);
}

}  // namespace rds_csi
