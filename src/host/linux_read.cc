// SPDX-License-Identifier: Apache-2.0
#include "host/linux_read.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "host/linux_fd.h"

namespace rds_csi {
namespace {

Outcome WriteAll(int fd, const std::string& path, std::string_view data) {
  const ssize_t written = write(fd, data.data(), data.size());
  if (written < 0) return Failed(errno, fmt::format("write {}", path));
  if (static_cast<size_t>(written) != data.size()) {
    return Failed(EIO, fmt::format("write {}: {} of {} bytes taken", path, written, data.size()));
  }
  return Done();
}

}  // namespace

Outcome ReadRest(int fd, std::string_view name, size_t limit) {
  std::string content;
  std::array<char, 16384> buffer;
  while (true) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count == 0) return Done(std::move(content));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed(errno, fmt::format("read {}", name));
    content.append(buffer.data(), static_cast<size_t>(count));
    if (content.size() > limit) {
      return Failed(EFBIG, fmt::format("read {}: more than {} bytes", name, limit));
    }
  }
}

Outcome ReadWhole(const std::string& path, size_t limit) {
  // O_NONBLOCK: opening a FIFO that somebody put there must not wait for its writer.
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd.ok()) return Failed(errno, fmt::format("open {}", path));
  return ReadRest(fd.get(), path, limit);
}

Outcome WriteOnce(const std::string& path, std::string_view data) {
  const Fd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.ok()) return Failed(errno, fmt::format("open {}", path));
  return WriteAll(fd.get(), path, data);
}

Outcome Exchange(const std::string& path, std::string_view data) {
  const Fd fd(open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!fd.ok()) return Failed(errno, fmt::format("open {}", path));
  while (flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return Failed(errno, fmt::format("lock {}", path));
  }
  if (Outcome outcome = WriteAll(fd.get(), path, data); !outcome.ok()) return outcome;
  std::string reply(4096, '\0');
  const ssize_t count = read(fd.get(), reply.data(), reply.size());
  if (count < 0) return Failed(errno, fmt::format("read {}", path));
  reply.resize(static_cast<size_t>(count));
  return Done(std::move(reply));
}

int ListDirectory(const std::string& path, std::vector<std::string>& names) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
  if (directory == nullptr) return errno;
  while (true) {
    errno = 0;
    const dirent* entry = readdir(directory.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int error = errno;
  std::sort(names.begin(), names.end());
  return error;
}

}  // namespace rds_csi
