// SPDX-License-Identifier: Apache-2.0
#include "sim/control/control_socket.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace rds_csi::sim {
namespace {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

absl::Status FromErrno(const std::string& path) {
  return absl::UnavailableError(fmt::format("{}: {}", path, std::strerror(errno)));
}

// The next line of a socket, without its newline; none at the end. `buffer` keeps what came beyond.
std::optional<std::string> ReadLine(int fd, std::string& buffer) {
  size_t end = std::string::npos;
  while ((end = buffer.find('\n')) == std::string::npos) {
    std::array<char, 4096> chunk;
    const ssize_t got = recv(fd, chunk.data(), chunk.size(), 0);
    if (got <= 0) return std::nullopt;
    buffer.append(chunk.data(), static_cast<size_t>(got));
  }
  std::string line = buffer.substr(0, end);
  buffer.erase(0, end + 1);
  return line;
}

bool SendLine(int fd, std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t sent = send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    rest.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace

ControlSocket::ControlSocket(std::string path, Handler handler)
    : path_(std::move(path)), handler_(std::move(handler)) {}

ControlSocket::~ControlSocket() {
  if (!acceptor_.joinable()) return;
  shutdown(socket_.get(), SHUT_RDWR);
  acceptor_.join();
  unlink(path_.c_str());
  std::unique_lock lock(mutex_);
  for (const int fd : connections_) shutdown(fd, SHUT_RDWR);
  ended_.wait(lock, [this] { return connections_.empty(); });
}

absl::Status ControlSocket::Open() {
  socket_ = UniqueFd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  unlink(path_.c_str());
  const sockaddr_un address = AddressOf(path_);
  if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(socket_.get(), 16) != 0) {
    return FromErrno(path_);
  }
  acceptor_ = std::thread([this] { AcceptLoop(); });
  return absl::OkStatus();
}

void ControlSocket::AcceptLoop() {
  for (;;) {
    const int fd = accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0 && errno == EINTR) continue;
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    connections_.insert(fd);
    std::thread([this, fd] { Serve(fd); }).detach();
  }
}

void ControlSocket::Serve(int fd) {
  std::string buffer;
  while (const auto line = ReadLine(fd, buffer)) {
    if (!SendLine(fd, handler_(*line))) break;
  }
  const std::lock_guard lock(mutex_);
  connections_.erase(fd);
  close(fd);
  ended_.notify_all();
}

absl::StatusOr<std::string> Tell(const std::string& path, const std::string& line) {
  const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = AddressOf(path);
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return FromErrno(path);
  }
  std::string buffer;
  if (!SendLine(fd.get(), line)) return FromErrno(path);
  auto answer = ReadLine(fd.get(), buffer);
  if (!answer) return absl::UnavailableError(fmt::format("{}: no answer", path));
  return *std::move(answer);
}

}  // namespace rds_csi::sim
