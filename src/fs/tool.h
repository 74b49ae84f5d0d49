// SPDX-License-Identifier: Apache-2.0
// Running a filesystem's own tool (mkfs, e2fsck, resize2fs, xfs_growfs).
#ifndef RDS_CSI_FS_TOOL_H_
#define RDS_CSI_FS_TOOL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/exec.h"

namespace rds_csi {

// The tool's exit code. FAILED_PRECONDITION: it is not installed.
absl::StatusOr<ExecResult> RunTool(Exec& exec, const std::vector<std::string>& argv,
                                   absl::Time deadline);

// "mkfs.ext4 /dev/nvme0n1 failed (exit status 1): its last words".
absl::Status ToolError(absl::StatusCode code, const std::vector<std::string>& argv,
                       const ExecResult& result);

}  // namespace rds_csi

#endif  // RDS_CSI_FS_TOOL_H_
