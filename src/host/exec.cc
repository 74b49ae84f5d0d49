// SPDX-License-Identifier: Apache-2.0
#include "host/exec.h"

#include <fmt/format.h>

#include <optional>

#include "base/errno_status.h"
#include "base/status.h"
#include "base/text.h"
#include "host/io_protocol.h"

namespace rds_csi {
namespace {

// "ERRNO WORDS", as rds-csi-io writes it.
absl::Status ParseFailure(std::string_view line, std::string_view command) {
  line = Trim(line);
  const size_t blank = line.find(' ');
  const std::optional<int64_t> error = ParseInt64(line.substr(0, blank));
  if (blank == std::string_view::npos || !error || *error <= 0 || *error > 4095) {
    return Error(absl::StatusCode::kInternal,
                 fmt::format("{}: cannot read the error {}", command, Quoted(line)));
  }
  return ErrnoStatus(static_cast<int>(*error), line.substr(blank + 1));
}

absl::Status Failure(const ExecResult& result, std::string_view command) {
  if (result.exit_code == kIoFailed) return ParseFailure(result.errors, command);
  if (result.exit_code == kIoUsage) {
    return Error(absl::StatusCode::kInternal, fmt::format("{}: wrong usage", command));
  }
  return Error(absl::StatusCode::kUnavailable,
               fmt::format("{}: ended with status {} {}", command, result.exit_code,
                           Quoted(Trim(result.errors))));
}

}  // namespace

absl::StatusOr<std::string> RunIo(Exec& exec, const std::vector<std::string>& arguments,
                                  std::string_view input, absl::Time deadline) {
  std::vector<std::string> argv = {std::string(kIoProgram)};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const std::string command =
      fmt::format("{} {}", kIoProgram, arguments.empty() ? "" : arguments.front());
  absl::StatusOr<ExecResult> result = exec.Run(argv, input, deadline);
  if (absl::IsNotFound(result.status())) {
    // NOT_FOUND would be read as an answer about the object: "nothing is mounted there".
    return Error(absl::StatusCode::kFailedPrecondition, Message(result.status()));
  }
  if (!result.ok()) return result.status();
  if (result->exit_code != kIoDone) return Failure(*result, command);
  return std::move(result->output);
}

}  // namespace rds_csi
