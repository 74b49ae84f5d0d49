// SPDX-License-Identifier: Apache-2.0
#include "host/linux_reach.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "host/linux_fd.h"

namespace rds_csi {
namespace {

using Clock = std::chrono::steady_clock;
using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

constexpr auto kHeadStart = std::chrono::milliseconds(250);

Outcome Resolve(const std::string& host, const std::string& port, Addresses& addresses) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int result = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  const int error = errno;
  addresses = Addresses(found, &freeaddrinfo);
  if (result == 0) return Done();
  const std::string what = fmt::format("look up {}: {}", host, gai_strerror(result));
  if (result == EAI_SYSTEM) return Failed(error, what);
  return Failed(result == EAI_AGAIN ? EAGAIN : EHOSTUNREACH, what);
}

std::string Numeric(const addrinfo& address) {
  std::array<char, NI_MAXHOST> name = {};
  if (getnameinfo(address.ai_addr, address.ai_addrlen, name.data(), name.size(), nullptr, 0,
                  NI_NUMERICHOST) != 0) {
    return {};
  }
  return name.data();
}

// Several connects under way, each begun a little after the one before it.
class Race {
 public:
  Race(const addrinfo* first, Clock::time_point deadline) : next_(first), deadline_(deadline) {}

  // The numeric address that accepted; empty: none did, and error() says why.
  std::string Run() {
    while (Clock::now() < deadline_ && (next_ != nullptr || !running_.empty())) {
      if (next_ != nullptr && (running_.empty() || Clock::now() >= next_start_)) BeginNext();
      if (const addrinfo* winner = Await(); winner != nullptr) return Numeric(*winner);
    }
    if (next_ != nullptr || !running_.empty()) error_ = ETIMEDOUT;
    return {};
  }

  int error() const { return error_; }

 private:
  struct Attempt {
    Fd socket;
    const addrinfo* address;
  };

  void BeginNext() {
    const addrinfo* address = std::exchange(next_, next_->ai_next);
    next_start_ = Clock::now() + kHeadStart;
    Fd fd(socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (fd.ok() &&
        (connect(fd.get(), address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS)) {
      running_.push_back({.socket = std::move(fd), .address = address});
    } else {
      error_ = errno;
    }
  }

  // Waits until an attempt is decided, or the next one is due.
  const addrinfo* Await() {
    if (running_.empty()) return nullptr;
    std::vector<pollfd> polled;
    for (const Attempt& attempt : running_) polled.push_back({attempt.socket.get(), POLLOUT, 0});
    const auto until = next_ != nullptr ? std::min(deadline_, next_start_) : deadline_;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    poll(polled.data(), polled.size(), static_cast<int>(std::max<decltype(wait)>(wait, 0)));
    for (size_t i = polled.size(); i-- > 0;) {
      if (polled[i].revents == 0) continue;
      if (Accepted(running_[i])) return running_[i].address;
      running_.erase(running_.begin() + static_cast<ptrdiff_t>(i));
      next_start_ = Clock::now();
    }
    return nullptr;
  }

  bool Accepted(const Attempt& attempt) {
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(attempt.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) error_ = error;
    return error == 0;
  }

  const addrinfo* next_;
  Clock::time_point next_start_;
  Clock::time_point deadline_;
  std::vector<Attempt> running_;
  int error_ = ETIMEDOUT;
};

}  // namespace

Outcome ReachHost(const std::string& host, const std::string& port,
                  std::chrono::milliseconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  Addresses addresses(nullptr, &freeaddrinfo);
  if (Outcome outcome = Resolve(host, port, addresses); !outcome.ok()) return outcome;
  Race race(addresses.get(), deadline);
  const std::string winner = race.Run();
  if (winner.empty()) return Failed(race.error(), fmt::format("connect to {} port {}", host, port));
  return Done(winner + "\n");
}

}  // namespace rds_csi
