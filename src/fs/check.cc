// SPDX-License-Identifier: Apache-2.0
#include "fs/check.h"

#include <fmt/format.h>

#include <vector>

#include "base/status.h"
#include "fs/tool.h"

namespace rds_csi {
namespace {

// The exit status is a sum of these (e2fsck(8)); 1 and 2 say that errors were corrected.
constexpr int kErrorsLeft = 4;
constexpr int kCorrected = 1 | 2;

}  // namespace

absl::Status Check(Exec& exec, FsType type, const std::string& device, absl::Time deadline) {
  if (type == FsType::kXfs) return absl::OkStatus();
  const std::vector<std::string> argv = {"e2fsck", "-p", device};
  ASSIGN_OR_RETURN(const ExecResult result, RunTool(exec, argv, deadline));
  if ((result.exit_code & ~kCorrected) == 0) return absl::OkStatus();
  if ((result.exit_code & kErrorsLeft) != 0) {
    return Annotate(
        ToolError(absl::StatusCode::kFailedPrecondition, argv, result),
        fmt::format("the filesystem on {} is damaged and needs a human: take a copy, then run "
                    "e2fsck without -p",
                    device));
  }
  return ToolError(absl::StatusCode::kUnavailable, argv, result);
}

}  // namespace rds_csi
