// SPDX-License-Identifier: Apache-2.0
#include "io/serve.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "host/io_messages.h"
#include "host/io_protocol.h"
#include "io/verbs.h"

namespace rds_csi {
namespace {

// kPartial: the other end was closed.
Arrival Receive(int fd, IoRequest& request) {
  std::string bytes;
  std::array<char, 16384> buffer;
  while (true) {
    const ssize_t count = recv(fd, buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Arrival::kPartial;
    bytes.append(buffer.data(), static_cast<size_t>(count));
    const Arrival arrival = ParseIoRequest(bytes, request);
    if (arrival != Arrival::kPartial) return arrival;
  }
}

// A request may still be in the socket of a driver that died before PR_SET_PDEATHSIG held.
bool IsAlone(int fd) {
  pollfd polled = {fd, POLLRDHUP, 0};
  return poll(&polled, 1, 0) != 0;
}

bool Send(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace

int Serve(int fd) {
  while (true) {
    IoRequest request;
    const Arrival arrival = Receive(fd, request);
    if (arrival == Arrival::kBroken) return kIoUsage;
    if (arrival == Arrival::kPartial || IsAlone(fd)) return kIoDone;
    if (!Send(fd, FormatIoAnswer(Act(request)))) return kIoDone;
  }
}

}  // namespace rds_csi
