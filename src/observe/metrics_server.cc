// SPDX-License-Identifier: Apache-2.0
#include "observe/metrics_server.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "base/status.h"

namespace rds_csi {
namespace {

constexpr int kBacklog = 16;
constexpr absl::Duration kPauseWithoutDescriptors = absl::Milliseconds(200);

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

absl::StatusOr<Addresses> Resolve(const std::string& host, uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const char* const node = host.empty() ? nullptr : host.c_str();
  const int error = getaddrinfo(node, std::to_string(port).c_str(), &hints, &found);
  if (error == 0) return Addresses(found, &freeaddrinfo);
  return Error(absl::StatusCode::kFailedPrecondition, gai_strerror(error));
}

// Not open on failure; errno says why.
Socket ListenOn(const addrinfo& address) {
  Socket listener(socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener.ok()) return listener;
  const int on = 1;
  const int off = 0;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.ai_family == AF_INET6) {
    setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  const bool listens = bind(listener.get(), address.ai_addr, address.ai_addrlen) == 0 &&
                       listen(listener.get(), kBacklog) == 0;
  return listens ? std::move(listener) : Socket(-1);
}

// IPv6 first: its socket for all addresses takes IPv4 as well, where the machine has both.
absl::StatusOr<Socket> Listen(const std::string& host, uint16_t port) {
  ASSIGN_OR_RETURN(const Addresses addresses, Resolve(host, port));
  int error = EADDRNOTAVAIL;
  for (const int family : {AF_INET6, AF_INET}) {
    for (const addrinfo* to = addresses.get(); to != nullptr; to = to->ai_next) {
      if (to->ai_family != family) continue;
      Socket listener = ListenOn(*to);
      if (listener.ok()) return listener;
      error = errno;
      if (error == EADDRINUSE) break;
    }
    if (error == EADDRINUSE) break;  // Half of the addresses would look like all of them.
  }
  return Error(absl::StatusCode::kFailedPrecondition, std::generic_category().message(error));
}

uint16_t PortOf(const Socket& listener) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  getsockname(listener.get(), reinterpret_cast<sockaddr*>(&bound), &size);
  const in_port_t port = bound.ss_family == AF_INET6
                             ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                             : reinterpret_cast<const sockaddr_in&>(bound).sin_port;
  return ntohs(port);
}

bool IsNotNow(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

// One request, its answer, and then whatever else arrives is thrown away until the other side has
// closed: closing first could destroy the answer on its way.
class Connection {
 public:
  Connection(Socket socket, absl::Time until) : socket_(std::move(socket)), until_(until) {}

  absl::Time until() const { return until_; }
  pollfd Waiting() const {
    const bool sending = sent_ < answer_.size();
    return {socket_.get(), static_cast<short>(sending ? POLLOUT : POLLIN), 0};
  }

  // Does what can be done now. False: it is over.
  bool Go(const MetricsPages& pages) {
    if (sent_ < answer_.size()) return Send();
    std::array<char, 4096> buffer;
    const ssize_t count = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count < 0) return IsNotNow(errno);
    if (count == 0) return false;
    if (!answer_.empty()) return true;
    received_.append(buffer.data(), static_cast<size_t>(count));
    answer_ = pages.Answer(received_).value_or("");
    return answer_.empty() || Send();
  }

 private:
  bool Send() {
    const ssize_t count =
        send(socket_.get(), answer_.data() + sent_, answer_.size() - sent_, MSG_NOSIGNAL);
    if (count < 0) return IsNotNow(errno);
    sent_ += static_cast<size_t>(count);
    if (sent_ == answer_.size()) shutdown(socket_.get(), SHUT_WR);
    return true;
  }

  Socket socket_;
  absl::Time until_;
  std::string received_;
  std::string answer_;
  size_t sent_ = 0;
};

class PollingServer final : public MetricsServer {
 public:
  PollingServer(Socket listener, Socket wake, MetricsPages pages, absl::Duration patience)
      : listener_(std::move(listener)),
        wake_(std::move(wake)),
        port_(PortOf(listener_)),
        pages_(std::move(pages)),
        patience_(patience),
        thread_([this] { Run(); }) {}

  ~PollingServer() override {
    eventfd_write(wake_.get(), 1);
    thread_.join();
  }

  uint16_t port() const override { return port_; }

 private:
  void Run();
  std::vector<pollfd> Waiting() const;
  int MillisecondsToNext() const;
  void Accept();

  const Socket listener_;
  const Socket wake_;
  const uint16_t port_;
  const MetricsPages pages_;
  const absl::Duration patience_;
  absl::Time accepts_from_ = absl::InfinitePast();
  std::vector<Connection> connections_;  // the oldest first
  std::thread thread_;
};

void PollingServer::Run() {
  while (true) {
    std::vector<pollfd> waiting = Waiting();
    poll(waiting.data(), waiting.size(), MillisecondsToNext());
    if (waiting[0].revents != 0) return;
    const absl::Time now = absl::Now();
    auto ready = waiting.begin() + 2;
    std::erase_if(connections_, [&](Connection& connection) {
      const bool can_go = (ready++)->revents != 0;
      return connection.until() <= now || (can_go && !connection.Go(pages_));
    });
    if (waiting[1].revents != 0) Accept();
  }
}

std::vector<pollfd> PollingServer::Waiting() const {
  const bool accepts = accepts_from_ <= absl::Now();
  std::vector<pollfd> waiting = {{wake_.get(), POLLIN, 0},
                                 {accepts ? listener_.get() : -1, POLLIN, 0}};
  for (const Connection& connection : connections_) waiting.push_back(connection.Waiting());
  return waiting;
}

int PollingServer::MillisecondsToNext() const {
  const absl::Time now = absl::Now();
  absl::Time next = now < accepts_from_ ? accepts_from_ : absl::InfiniteFuture();
  if (!connections_.empty()) next = std::min(next, connections_.front().until());
  if (next == absl::InfiniteFuture()) return -1;
  return static_cast<int>(std::max<int64_t>(0, absl::ToInt64Milliseconds(next - now)) + 1);
}

void PollingServer::Accept() {
  Socket socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.ok()) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      accepts_from_ = absl::Now() + kPauseWithoutDescriptors;
    }
    return;
  }
  if (connections_.size() == kMostConnections) connections_.erase(connections_.begin());
  connections_.emplace_back(std::move(socket), absl::Now() + patience_);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(const std::string& host,
                                                                    uint16_t port,
                                                                    MetricsPages pages,
                                                                    absl::Duration patience) {
  absl::StatusOr<Socket> listener = Listen(host, port);
  if (!listener.ok()) {
    const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return Annotate(listener.status(),
                    fmt::format("metrics cannot be served on {}:{}", shown, port));
  }
  Socket wake(eventfd(0, EFD_CLOEXEC));
  if (!wake.ok()) {
    return Error(absl::StatusCode::kFailedPrecondition,
                 "metrics cannot be served: " + std::generic_category().message(errno));
  }
  return std::make_unique<PollingServer>(*std::move(listener), std::move(wake), std::move(pages),
                                         patience);
}

}  // namespace rds_csi
