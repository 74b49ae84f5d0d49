// SPDX-License-Identifier: Apache-2.0
#include "host/linux_exec.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "host/io_protocol.h"
#include "host/linux_child.h"
#include "host/linux_program.h"

namespace rds_csi {
namespace {

absl::Status Late(const std::string& name) {
  return Error(absl::StatusCode::kDeadlineExceeded,
               fmt::format("{} did not end in time and was killed", name));
}

bool HasNul(const std::string& word) { return word.find('\0') != std::string::npos; }

}  // namespace

LinuxExec::LinuxExec(Clock& clock, std::string io_program)
    : clock_(clock), workers_(std::move(io_program)) {}

absl::StatusOr<ExecResult> LinuxExec::Run(const std::vector<std::string>& argv,
                                          std::string_view input, absl::Time deadline) {
  if (argv.empty() || std::any_of(argv.begin(), argv.end(), HasNul)) {
    return Error(absl::StatusCode::kInvalidArgument, "no command, or a NUL in it");
  }
  LeftBehind();  // reaps
  if (clock_.Now() >= deadline) {
    return Error(absl::StatusCode::kDeadlineExceeded,
                 fmt::format("{}: no time left to start it", argv[0]));
  }
  return argv[0] == kIoProgram ? Act(argv, input, deadline) : RunProgram(argv, input, deadline);
}

absl::StatusOr<ExecResult> LinuxExec::RunProgram(const std::vector<std::string>& argv,
                                                 std::string_view input, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::string file, FindProgram(argv[0]));
  ASSIGN_OR_RETURN(Program program, StartProgram(file, argv, input));
  ExecResult result;
  if (!Follow(program, clock_, deadline, result)) {
    RETURN_IF_ERROR(End(std::move(program.child), argv[0]).status());
    return Late(argv[0]);
  }
  result.exit_code = Reap(program.child);
  return result;
}

absl::StatusOr<ExecResult> LinuxExec::Act(const std::vector<std::string>& argv,
                                          std::string_view input, absl::Time deadline) {
  ASSIGN_OR_RETURN(Worker worker, workers_.Take());
  const IoRequest request = {.words = {argv.begin() + 1, argv.end()}, .input = std::string(input)};
  absl::StatusOr<ExecResult> answer = Ask(worker, request, clock_, deadline);
  if (answer.ok()) {
    workers_.Give(std::move(worker));
    return answer;
  }
  ASSIGN_OR_RETURN(const int status, End(std::move(worker.child), argv[0]));
  if (absl::IsDeadlineExceeded(answer.status())) return Late(argv[0]);
  return Error(answer.status().code(),
               fmt::format("{} ended with status {}, and not with an answer", argv[0], status));
}

absl::StatusOr<int> LinuxExec::End(Child child, const std::string& name) {
  if (const std::optional<int> status = Kill(child)) return *status;
  const std::lock_guard lock(mutex_);
  const pid_t pid = child.pid;
  left_behind_.push_back(std::move(child));
  return Error(
      absl::StatusCode::kAborted,
      fmt::format("{} (process {}) is blocked in the kernel and cannot be killed", name, pid));
}

std::vector<int> LinuxExec::LeftBehind() {
  const std::lock_guard lock(mutex_);
  std::erase_if(left_behind_, [](const Child& blocked) {
    siginfo_t info = {};
    const auto process = static_cast<id_t>(blocked.process.get());
    const int result = waitid(P_PIDFD, process, &info, WEXITED | WNOHANG);
    return result != 0 || info.si_pid != 0;
  });
  std::vector<int> numbers;
  for (const Child& blocked : left_behind_) numbers.push_back(blocked.pid);
  return numbers;
}

}  // namespace rds_csi
