// SPDX-License-Identifier: Apache-2.0
#include "rds/dial.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <system_error>

#include "absl/time/clock.h"
#include "base/status.h"

namespace rds_csi {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

constexpr int kUnansweredMilliseconds = 20'000;

absl::Status Unreachable(const HostPort& address, std::string_view why) {
  return Error(absl::StatusCode::kUnavailable, fmt::format("RDS {}: {}", ToString(address), why));
}

std::string ErrorText(int error) { return std::generic_category().message(error); }

absl::StatusOr<Addresses> Resolve(const HostPort& address) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int error = getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) return Unreachable(address, gai_strerror(error));
  return Addresses(found, &freeaddrinfo);
}

void SetOptions(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnansweredMilliseconds,
             sizeof kUnansweredMilliseconds);
}

// 0 when the connection stands, else an errno.
int FinishConnect(int fd, absl::Time deadline) {
  pollfd waiting{fd, POLLOUT, 0};
  const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
  const int ready = poll(&waiting, 1, static_cast<int>(std::clamp<int64_t>(left, 0, 3'600'000)));
  if (ready < 0) return errno;
  if (ready == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

int Connect(int fd, const addrinfo& to, absl::Time deadline) {
  SetOptions(fd);
  if (connect(fd, to.ai_addr, to.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  return FinishConnect(fd, deadline);
}

int Count(const addrinfo* addresses) {
  int count = 0;
  for (; addresses != nullptr; addresses = addresses->ai_next) ++count;
  return count;
}

absl::Time ShareOf(absl::Time deadline, const addrinfo* left) {
  const absl::Time now = absl::Now();
  return now + (deadline - now) / Count(left);
}

}  // namespace

absl::StatusOr<int> Dial(const HostPort& address, absl::Time deadline) {
  ASSIGN_OR_RETURN(const Addresses addresses, Resolve(address));
  return DialOneOf(*addresses, address, deadline);
}

absl::StatusOr<int> DialOneOf(const addrinfo& addresses, const HostPort& address,
                              absl::Time deadline) {
  int error = EADDRNOTAVAIL;
  for (const addrinfo* to = &addresses; to != nullptr; to = to->ai_next) {
    const int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
      error = errno;
      continue;
    }
    error = Connect(fd, *to, ShareOf(deadline, to));
    if (error == 0) return fd;
    close(fd);
  }
  return Unreachable(address, ErrorText(error));
}

}  // namespace rds_csi
