// SPDX-License-Identifier: Apache-2.0
#include "sim/router/file_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "sim/base/status_macros.h"
#include "sim/base/unique_fd.h"
#include "sim/router/sparse_copy.h"
#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

namespace fs = std::filesystem;

absl::Status FromErrno(int error) {
  switch (error) {
    case 0:
      return absl::OkStatus();
    case EEXIST:
      return Failure("file already exists");
    case ENOENT:
    case ENOTDIR:
      return Failure("no such file or directory");
    case ENOSPC:
      return Failure("not enough space");
    case EISDIR:
      return Failure("is a directory");
    default:
      return Failure(std::error_code(error, std::generic_category()).message());
  }
}

absl::Status FromCode(const std::error_code& error) {
  return error ? FromErrno(error.value()) : absl::OkStatus();
}

}  // namespace

FileStore::FileStore(std::string root) : root_(std::move(root)) {
  std::error_code ignored;
  fs::create_directories(root_, ignored);
}

std::string FileStore::LocalPath(std::string_view path) const { return root_ + std::string(path); }

std::optional<FileInfo> FileStore::Stat(std::string_view path) const {
  struct stat info;
  if (lstat(LocalPath(path).c_str(), &info) != 0) return std::nullopt;
  const bool directory = S_ISDIR(info.st_mode);
  return FileInfo{.path = std::string(path),
                  .directory = directory,
                  .size = directory ? 0 : static_cast<uint64_t>(info.st_size),
                  .allocated = directory ? 0 : static_cast<uint64_t>(info.st_blocks) * 512,
                  .modified = info.st_mtime};
}

std::vector<FileInfo> FileStore::ListBelow(std::string_view path) const {
  std::vector<FileInfo> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(LocalPath(path), error), end; !error && it != end;
       it.increment(error)) {
    if (auto info = Stat(it->path().string().substr(root_.size()))) files.push_back(*info);
  }
  std::sort(files.begin(), files.end(),
            [](const FileInfo& a, const FileInfo& b) { return a.path < b.path; });
  return files;
}

absl::Status FileStore::Create(std::string_view path, uint64_t size) {
  ++creations_;
  const std::string local = LocalPath(path);
  const UniqueFd fd(open(local.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (!fd.valid()) return FromErrno(errno);
  if (ftruncate(fd.get(), static_cast<off_t>(size)) == 0) return absl::OkStatus();
  const int error = errno;
  unlink(local.c_str());
  return FromErrno(error);
}

absl::Status FileStore::Resize(std::string_view path, uint64_t size) {
  ++changes_;
  if (truncate(LocalPath(path).c_str(), static_cast<off_t>(size)) == 0) return absl::OkStatus();
  return FromErrno(errno);
}

absl::Status FileStore::MakeDirectory(std::string_view path) {
  std::error_code error;
  fs::create_directories(LocalPath(path), error);
  return FromCode(error);
}

absl::Status FileStore::Remove(std::string_view path) {
  if (!Stat(path)) return NoSuchItem();
  ++changes_;
  std::error_code error;
  fs::remove_all(LocalPath(path), error);
  return FromCode(error);
}

absl::Status FileStore::Copy(std::string_view from, std::string_view to) {
  ++changes_;
  if (Stat(to)) return FromErrno(EEXIST);
  const auto source = Stat(from);
  if (!source) return FromErrno(ENOENT);
  if (!source->directory) return FromErrno(SparseCopy(LocalPath(from), LocalPath(to)));
  SIM_RETURN_IF_ERROR(MakeDirectory(to));
  for (const FileInfo& file : ListBelow(from)) {
    const std::string target = std::string(to) + file.path.substr(from.size());
    const absl::Status copied =
        file.directory ? MakeDirectory(target)
                       : FromErrno(SparseCopy(LocalPath(file.path), LocalPath(target)));
    SIM_RETURN_IF_ERROR(copied);
  }
  return absl::OkStatus();
}

}  // namespace rds_csi::sim
