// SPDX-License-Identifier: Apache-2.0
#include "csi/socket_claim.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/errno_status.h"
#include "base/status.h"
#include "base/text.h"
#include "model/paths.h"

namespace rds_csi {
namespace {

constexpr std::string_view kScheme = "unix://";
constexpr size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;

// Whether somebody accepts connections at `path`, with a lock of ours or without one.
bool SomebodyAnswers(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return false;
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  memcpy(address.sun_path, path.c_str(), path.size() + 1);
  // EAGAIN: its queue of connections is full, so it lives.
  const bool answers =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
      errno == EAGAIN;
  close(fd);
  return answers;
}

absl::Status RemoveStaleSocket(const std::string& path) {
  struct stat info = {};
  if (lstat(path.c_str(), &info) != 0) {
    return errno == ENOENT ? absl::OkStatus() : ErrnoStatus(errno, path);
  }
  if (!S_ISSOCK(info.st_mode)) {
    return absl::FailedPreconditionError(
        fmt::format("{} is there already, and it is no socket: remove it by hand", path));
  }
  if (SomebodyAnswers(path)) {
    return absl::FailedPreconditionError(
        fmt::format("{}: another program answers there; stop it first", path));
  }
  return unlink(path.c_str()) == 0 ? absl::OkStatus() : ErrnoStatus(errno, path);
}

}  // namespace

absl::StatusOr<std::string> ParseSocketPath(std::string_view endpoint) {
  std::string_view path = endpoint;
  if (path.starts_with(kScheme)) path.remove_prefix(kScheme.size());
  if (!path.starts_with('/')) {
    return Error(absl::StatusCode::kInvalidArgument,
                 fmt::format("{} is neither unix:///path nor /path", Quoted(endpoint)));
  }
  if (path.size() > kLongestPath) {
    return Error(absl::StatusCode::kInvalidArgument,
                 fmt::format("{} has {} characters; the path of a socket holds at most {}",
                             Quoted(path), path.size(), kLongestPath));
  }
  return ParseAbsolutePath(path, "socket");
}

absl::StatusOr<std::unique_ptr<FileLock>> ClaimSocket(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<FileLock> lock, FileLock::Take(path + ".lock", path));
  RETURN_IF_ERROR(RemoveStaleSocket(path));
  return lock;
}

}  // namespace rds_csi
