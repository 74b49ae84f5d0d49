// SPDX-License-Identifier: Apache-2.0
#include "csi/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/errno_status.h"
#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

// The number of the process that holds the lock, as it wrote it down.
std::string ReadHolder(int fd) {
  char text[32] = {};
  const ssize_t size = pread(fd, text, sizeof(text) - 1, 0);
  const std::string_view pid = Trim({text, size > 0 ? static_cast<size_t>(size) : 0});
  return ParseInt64(pid) ? fmt::format(" (process {})", pid) : "";
}

absl::Status WriteHolder(int fd, const std::string& path) {
  const std::string pid = fmt::format("{}\n", getpid());
  if (ftruncate(fd, 0) == 0 && pwrite(fd, pid.data(), pid.size(), 0) > 0) return absl::OkStatus();
  return ErrnoStatus(errno, path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileLock>> FileLock::Take(const std::string& path,
                                                         std::string_view what) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return ErrnoStatus(errno, path);
  std::unique_ptr<FileLock> lock(new FileLock(fd));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoStatus(errno, path);
    return absl::FailedPreconditionError(
        fmt::format("another rds-csi{} holds {}", ReadHolder(fd), what));
  }
  RETURN_IF_ERROR(WriteHolder(fd, path));
  return lock;
}

FileLock::~FileLock() { close(fd_); }

}  // namespace rds_csi
