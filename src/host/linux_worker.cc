// SPDX-License-Identifier: Apache-2.0
#include "host/linux_worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/errno_status.h"
#include "base/status.h"
#include "host/io_protocol.h"
#include "host/linux_child.h"

namespace rds_csi {
namespace {

// Sends what the socket takes now. False: nobody is there to read it.
bool Send(int socket, std::string_view& bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

// Appends what has come by now. False: nothing more will.
bool Receive(int socket, std::string& bytes) {
  std::array<char, 16384> buffer;
  while (true) {
    const ssize_t count = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 && errno == EAGAIN;
    bytes.append(buffer.data(), static_cast<size_t>(count));
  }
}

absl::Status BrokenOff() {
  return Error(absl::StatusCode::kUnavailable, fmt::format("{} gave no answer", kIoProgram));
}

}  // namespace

absl::StatusOr<Worker> StartWorker(const std::string& program) {
  std::array<int, 2> ends = {-1, -1};
  const Fd null(open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!null.ok() || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return ErrnoStatus(errno, fmt::format("start {}", program));
  }
  Fd ours(ends[0]);
  const Fd its(ends[1]);
  ASSIGN_OR_RETURN(Child child,
                   Spawn(program, {std::string(kIoProgram), "serve"},
                         {.input = its.get(), .output = null.get(), .errors = null.get()}));
  return Worker{.child = std::move(child), .socket = std::move(ours)};
}

bool IsIdle(const Worker& worker) {
  pollfd polled = {worker.socket.get(), POLLIN | POLLRDHUP, 0};
  return poll(&polled, 1, 0) == 0;
}

absl::StatusOr<ExecResult> Ask(const Worker& worker, const IoRequest& request, Clock& clock,
                               absl::Time deadline) {
  const std::string asked = FormatIoRequest(request);
  std::string_view unsent = asked;
  std::string answered;
  while (true) {
    const bool open = Send(worker.socket.get(), unsent) && Receive(worker.socket.get(), answered);
    ExecResult answer;
    switch (ParseIoAnswer(answered, answer)) {
      case Arrival::kWhole:
        return answer;
      case Arrival::kBroken:
        return BrokenOff();
      case Arrival::kPartial:
        if (!open) return BrokenOff();
    }
    const absl::Duration patience = deadline - clock.Now();
    if (patience <= absl::ZeroDuration()) {
      return Error(absl::StatusCode::kDeadlineExceeded,
                   fmt::format("{} gave no answer in time", kIoProgram));
    }
    const int events = unsent.empty() ? POLLIN : POLLIN | POLLOUT;
    pollfd polled = {worker.socket.get(), static_cast<short>(events), 0};
    poll(&polled, 1, PollMilliseconds(patience));
  }
}

}  // namespace rds_csi
