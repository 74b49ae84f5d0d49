// SPDX-License-Identifier: Apache-2.0
#include "sim/net/listener.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "sim/base/status_macros.h"

namespace rds_csi::sim {
namespace {

absl::Status CannotListen(const Address& address, std::string_view why) {
  return absl::UnavailableError(
      fmt::format("cannot listen on {}:{}: {}", address.host, address.port, why));
}

void SetOption(int fd, int level, int name) {
  const int on = 1;
  setsockopt(fd, level, name, &on, sizeof on);
}

uint16_t PortOf(int fd) {
  sockaddr_storage bound;
  socklen_t length = sizeof bound;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length) != 0) return 0;
  if (bound.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
}

absl::StatusOr<UniqueFd> Listen(const Address& address) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = fmt::format("{}", address.port);
  const int failed = getaddrinfo(address.host.empty() ? nullptr : address.host.c_str(),
                                 port.c_str(), &hints, &found);
  if (failed != 0) return CannotListen(address, gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  UniqueFd fd(socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  SetOption(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  if (!fd.valid() || bind(fd.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      listen(fd.get(), 256) != 0) {
    return CannotListen(address, std::strerror(errno));
  }
  return fd;
}

}  // namespace

Listener::Listener(Address address, Serve serve)
    : address_(std::move(address)), port_(address_.port), serve_(std::move(serve)) {}

Listener::~Listener() { Close(); }

absl::Status Listener::Open() {
  SIM_ASSIGN_OR_RETURN(socket_, Listen({.host = address_.host, .port = port_}));
  port_ = PortOf(socket_.get());
  closing_ = false;
  acceptor_ = std::thread([this] { AcceptLoop(); });
  return absl::OkStatus();
}

void Listener::AcceptLoop() {
  for (;;) {
    UniqueFd connection(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.valid()) {
      Start(std::move(connection));
    } else if (errno != EINTR && errno != ECONNABORTED && errno != EMFILE) {
      return;
    }
  }
}

void Listener::Start(UniqueFd connection) {
  const std::lock_guard lock(mutex_);
  if (closing_) return;
  const int fd = connection.Release();
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY);
  connections_.insert(fd);
  std::thread([this, fd] {
    serve_(fd);
    const std::lock_guard ending(mutex_);
    connections_.erase(fd);
    close(fd);
    ended_.notify_all();
  }).detach();
}

void Listener::Close() {
  if (!acceptor_.joinable()) return;
  shutdown(socket_.get(), SHUT_RDWR);  // ends accept
  acceptor_.join();
  socket_.Close();
  std::unique_lock lock(mutex_);
  closing_ = true;
  for (const int fd : connections_) shutdown(fd, SHUT_RDWR);
  ended_.wait(lock, [this] { return connections_.empty(); });
}

}  // namespace rds_csi::sim
