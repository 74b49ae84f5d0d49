// SPDX-License-Identifier: Apache-2.0
#include "host/linux_child.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>

namespace rds_csi {
namespace {

constexpr absl::Duration kTimeToDie = absl::Seconds(2);
constexpr absl::Duration kLongestPoll = absl::Hours(1);

}  // namespace

int PollMilliseconds(absl::Duration patience) {
  patience = std::clamp(patience, absl::ZeroDuration(), kLongestPoll);
  return static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(patience, absl::Milliseconds(1))));
}

int Reap(const Child& child) {
  kill(-child.pid, SIGKILL);
  siginfo_t info = {};
  if (waitid(P_PIDFD, static_cast<id_t>(child.process.get()), &info, WEXITED) != 0) return -1;
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

std::optional<int> Kill(const Child& child) {
  kill(-child.pid, SIGKILL);
  pollfd polled = {child.process.get(), POLLIN, 0};
  int ended = 0;
  do ended = poll(&polled, 1, PollMilliseconds(kTimeToDie));
  while (ended < 0 && errno == EINTR);
  if (ended <= 0) return std::nullopt;
  return Reap(child);
}

}  // namespace rds_csi
