// SPDX-License-Identifier: Apache-2.0
#include "fs/tool.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {

absl::StatusOr<ExecResult> RunTool(Exec& exec, const std::vector<std::string>& argv,
                                   absl::Time deadline) {
  absl::StatusOr<ExecResult> result = exec.Run(argv, /*input=*/"", deadline);
  if (absl::IsNotFound(result.status())) {
    return absl::FailedPreconditionError(
        fmt::format("{} is not installed beside the driver", argv.front()));
  }
  return result;
}

absl::Status ToolError(absl::StatusCode code, const std::vector<std::string>& argv,
                       const ExecResult& result) {
  const std::string_view errors = Trim(result.errors);
  const std::string_view words = errors.empty() ? Trim(result.output) : errors;
  const size_t tail = words.size() > 400 ? words.size() - 400 : 0;
  return Error(code, fmt::format("{} failed (exit status {}): {}", Join(argv, " "),
                                 result.exit_code, Quoted(words.substr(tail), 400)));
}

}  // namespace rds_csi
