// SPDX-License-Identifier: Apache-2.0
#include "host/linux_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

#include "base/errno_status.h"
#include "base/status.h"
#include "host/linux_fd.h"
#include "host/linux_read.h"

namespace rds_csi {
namespace {

constexpr size_t kReadLimit = 1 << 20;

absl::Status StatusOf(const Outcome& outcome) {
  if (outcome.ok()) return absl::OkStatus();
  if (outcome.error == EFBIG) return Error(absl::StatusCode::kOutOfRange, outcome.text);
  return ErrnoStatus(outcome.error, outcome.text);
}

absl::Status Errno(std::string_view act, const std::string& path) {
  return ErrnoStatus(errno, fmt::format("{} {}", act, path));
}

FileType TypeOf(uint32_t mode) {
  if (S_ISREG(mode)) return FileType::kRegular;
  if (S_ISDIR(mode)) return FileType::kDirectory;
  if (S_ISBLK(mode)) return FileType::kBlockDevice;
  if (S_ISLNK(mode)) return FileType::kSymbolicLink;
  return FileType::kOther;
}

// The folder that `path` lies in.
std::string FolderOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool IsDirectory(const std::string& path) {
  // Unlike stat(2), this asks nothing of a filesystem that may be mounted there and dead.
  return Fd(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)).ok();
}

absl::Status WriteSynced(int fd, std::string_view data, uint32_t mode, const std::string& path) {
  if (fchmod(fd, mode) != 0) return Errno("set the mode of", path);
  while (!data.empty()) {
    const ssize_t written = write(fd, data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Errno("write", path);
    data.remove_prefix(static_cast<size_t>(written));
  }
  if (fsync(fd) != 0) return Errno("sync", path);
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::string& folder) {
  const Fd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok() || fsync(fd.get()) != 0) return Errno("sync", folder);
  return absl::OkStatus();
}

// What a crash left under the temporary name is taken away first; one writer at a time holds it.
absl::Status ReplaceUnsynced(const std::string& path, std::string_view data, uint32_t mode) {
  const std::string next = TemporaryNameOf(path);
  unlink(next.c_str());
  const Fd fd(open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.ok()) return Errno("create", next);
  absl::Status status = WriteSynced(fd.get(), data, mode, next);
  if (status.ok() && rename(next.c_str(), path.c_str()) != 0) status = Errno("replace", path);
  if (!status.ok()) unlink(next.c_str());
  return status;
}

}  // namespace

absl::StatusOr<std::string> LinuxFiles::Read(const std::string& path) {
  Outcome content = ReadWhole(path, kReadLimit);
  RETURN_IF_ERROR(StatusOf(content));
  return std::move(content.text);
}

absl::StatusOr<std::vector<std::string>> LinuxFiles::List(const std::string& path) {
  std::vector<std::string> names;
  if (const int error = ListDirectory(path, names); error != 0) {
    return ErrnoStatus(error, fmt::format("list {}", path));
  }
  return names;
}

absl::StatusOr<FileInfo> LinuxFiles::Stat(const std::string& path) {
  struct statx status = {};
  if (statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
            STATX_TYPE | STATX_MODE, &status) != 0) {
    return Errno("stat", path);
  }
  FileInfo info = {.type = TypeOf(status.stx_mode), .mode = status.stx_mode & 07777u, .number = {}};
  if (info.type == FileType::kBlockDevice) {
    info.number = {.major = status.stx_rdev_major, .minor = status.stx_rdev_minor};
  }
  return info;
}

absl::StatusOr<std::string> LinuxFiles::RealPath(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(realpath(path.c_str(), nullptr),
                                                             &std::free);
  if (resolved == nullptr) return Errno("resolve", path);
  return std::string(resolved.get());
}

absl::Status LinuxFiles::Write(const std::string& path, std::string_view data) {
  return StatusOf(WriteOnce(path, data));
}

absl::Status LinuxFiles::Replace(const std::string& path, std::string_view data, uint32_t mode) {
  RETURN_IF_ERROR(ReplaceUnsynced(path, data, mode));
  return SyncDirectory(FolderOf(path));
}

absl::Status LinuxFiles::CreateExclusively(const std::string& path, uint32_t mode) {
  const Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!fd.ok() || fchmod(fd.get(), mode) != 0) return Errno("create", path);
  return absl::OkStatus();
}

absl::Status LinuxFiles::MakeDirectories(const std::string& path, uint32_t mode) {
  if (mkdir(path.c_str(), mode) == 0) {
    if (chmod(path.c_str(), mode) != 0) return Errno("set the mode of", path);
    return absl::OkStatus();
  }
  if (errno == EEXIST && IsDirectory(path)) return absl::OkStatus();
  const std::string folder = FolderOf(path);
  if (errno != ENOENT || folder == path || folder == ".") return Errno("make the directory", path);
  RETURN_IF_ERROR(MakeDirectories(folder, mode));
  return MakeDirectories(path, mode);
}

absl::Status LinuxFiles::CreateSymbolicLink(const std::string& path, const std::string& to) {
  if (symlink(to.c_str(), path.c_str()) != 0) return Errno("make the link", path);
  return absl::OkStatus();
}

absl::Status LinuxFiles::RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) != 0) return Errno("remove", path);
  return absl::OkStatus();
}

absl::Status LinuxFiles::RemoveDirectory(const std::string& path) {
  if (rmdir(path.c_str()) != 0) return Errno("remove the directory", path);
  return absl::OkStatus();
}

}  // namespace rds_csi
