// SPDX-License-Identifier: Apache-2.0
#include "host/linux_events.h"

#include <linux/netlink.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/errno_status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kLongestWait = absl::Milliseconds(250);
constexpr uint32_t kKernelGroup = 1;
constexpr int kReceiveBuffer = 1 << 20;

}  // namespace

bool IsStorageEvent(std::string_view message) {
  for (const std::string_view line : Split(message, '\0')) {
    if (line == "SUBSYSTEM=block" || line == "SUBSYSTEM=nvme" ||
        line == "SUBSYSTEM=nvme-subsystem") {
      return true;
    }
  }
  return false;
}

absl::StatusOr<std::unique_ptr<LinuxEvents>> LinuxEvents::Open(Clock& clock) {
  Fd socket(
      ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelGroup;
  if (!socket.ok() ||
      bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return ErrnoStatus(errno, "listen to the kernel's uevents");
  }
  // Best effort: an overflow counts as an event too.
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof(kReceiveBuffer));
  Fd stop(eventfd(0, EFD_CLOEXEC));
  if (!stop.ok()) return ErrnoStatus(errno, "make an eventfd");
  return std::unique_ptr<LinuxEvents>(new LinuxEvents(clock, std::move(socket), std::move(stop)));
}

LinuxEvents::LinuxEvents(Clock& clock, Fd socket, Fd stop)
    : clock_(clock),
      socket_(std::move(socket)),
      stop_(std::move(stop)),
      thread_([this] { Listen(); }) {}

LinuxEvents::~LinuxEvents() {
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

uint64_t LinuxEvents::Count() {
  const std::lock_guard lock(mutex_);
  return count_;
}

void LinuxEvents::Wait(uint64_t seen, absl::Time deadline) {
  const absl::Duration patience = std::min(deadline - clock_.Now(), kLongestWait);
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoNanoseconds(std::max(patience, absl::ZeroDuration())),
                    [this, seen] { return count_ != seen; });
}

void LinuxEvents::Listen() {
  std::array<pollfd, 2> polled = {{{socket_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
  while (polled[1].revents == 0) {
    if (poll(polled.data(), polled.size(), -1) > 0 && polled[0].revents != 0) Receive();
  }
}

void LinuxEvents::Receive() {
  std::array<char, 16384> message;
  sockaddr_nl sender = {};
  socklen_t size = sizeof(sender);
  const ssize_t count = recvfrom(socket_.get(), message.data(), message.size(), 0,
                                 reinterpret_cast<sockaddr*>(&sender), &size);
  const bool counts = count < 0 ? errno == ENOBUFS  // events were lost
                                : sender.nl_pid == 0 &&
                                      IsStorageEvent({message.data(), static_cast<size_t>(count)});
  if (!counts) return;
  const std::lock_guard lock(mutex_);
  ++count_;
  changed_.notify_all();
}

}  // namespace rds_csi
