// SPDX-License-Identifier: Apache-2.0
#include "host/linux_exec.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/status.h"
#include "host/io_protocol.h"
#include "host/linux_spawn.h"

namespace rds_csi {
namespace {

constexpr size_t kOutputLimit = 1 << 20;
constexpr absl::Duration kTimeToDie = absl::Seconds(2);
constexpr absl::Duration kLongestPoll = absl::Hours(1);

// Reads what there is; what goes beyond the limit is read too, or the child would wait for ever.
// Closes `stream` at its end.
void Drain(Fd& stream, std::string& text) {
  std::array<char, 16384> buffer;
  while (stream.ok()) {
    const ssize_t count = read(stream.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      stream.Close();
      return;
    }
    text.append(buffer.data(), std::min(static_cast<size_t>(count), kOutputLimit - text.size()));
  }
}

// Waits for output or the child's end; true when it has ended.
bool Await(const Child& child, absl::Duration patience) {
  std::array<pollfd, 3> polled = {{{child.process.get(), POLLIN, 0},
                                   {child.output.get(), POLLIN, 0},  // poll(2) skips a -1
                                   {child.errors.get(), POLLIN, 0}}};
  patience = std::clamp(patience, absl::ZeroDuration(), kLongestPoll);
  const auto milliseconds = absl::ToInt64Milliseconds(absl::Ceil(patience, absl::Milliseconds(1)));
  return poll(polled.data(), polled.size(), static_cast<int>(milliseconds)) > 0 &&
         polled[0].revents != 0;
}

// True when the child ended before `deadline`. Its output is collected meanwhile.
bool Follow(Child& child, Clock& clock, absl::Time deadline, ExecResult& result) {
  while (true) {
    const absl::Duration patience = deadline - clock.Now();
    const bool ended = Await(child, patience);
    if (!ended && patience <= absl::ZeroDuration()) return false;
    Drain(child.output, result.output);
    Drain(child.errors, result.errors);
    if (ended) return true;
  }
}

// An ended child's exit status. Until it is reaped its number, and with it its group's, is not
// given to anybody else.
int Reap(const Child& child) {
  kill(-child.pid, SIGKILL);
  siginfo_t info = {};
  if (waitid(P_PIDFD, static_cast<id_t>(child.process.get()), &info, WEXITED) != 0) return -1;
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

bool HasNul(const std::string& word) { return word.find('\0') != std::string::npos; }

}  // namespace

LinuxExec::LinuxExec(Clock& clock, std::string io_program)
    : clock_(clock), io_program_(std::move(io_program)) {}

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
  ASSIGN_OR_RETURN(const std::string program,
                   argv[0] == kIoProgram ? io_program_ : FindProgram(argv[0]));
  ASSIGN_OR_RETURN(Child child, Spawn(program, argv, input));
  ExecResult result;
  if (Follow(child, clock_, deadline, result)) {
    result.exit_code = Reap(child);
    return result;
  }
  kill(-child.pid, SIGKILL);
  if (Follow(child, clock_, clock_.Now() + kTimeToDie, result)) {
    Reap(child);
    return Error(absl::StatusCode::kDeadlineExceeded,
                 fmt::format("{} did not end in time and was killed", argv[0]));
  }
  const std::lock_guard lock(mutex_);
  left_behind_.push_back({child.pid, std::move(child.process)});
  return Error(absl::StatusCode::kAborted,
               fmt::format("{} (process {}) is blocked in the kernel and cannot be killed", argv[0],
                           child.pid));
}

std::vector<int> LinuxExec::LeftBehind() {
  const std::lock_guard lock(mutex_);
  std::erase_if(left_behind_, [](const Blocked& blocked) {
    siginfo_t info = {};
    const auto process = static_cast<id_t>(blocked.process.get());
    const int result = waitid(P_PIDFD, process, &info, WEXITED | WNOHANG);
    return result != 0 || info.si_pid != 0;
  });
  std::vector<int> numbers;
  for (const Blocked& blocked : left_behind_) numbers.push_back(blocked.number);
  return numbers;
}

}  // namespace rds_csi
