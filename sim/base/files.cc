// SPDX-License-Identifier: Apache-2.0
#include "sim/base/files.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "sim/base/unique_fd.h"

namespace rds_csi::sim {
namespace {

absl::Status FromErrno(const std::string& path, int error) {
  const std::string reason = std::error_code(error, std::generic_category()).message();
  const std::string text = fmt::format("{}: {}", path, reason);
  return error == ENOENT ? absl::NotFoundError(text) : absl::UnavailableError(text);
}

bool WriteAll(int fd, std::string_view contents) {
  while (!contents.empty()) {
    const ssize_t written = write(fd, contents.data(), contents.size());
    if (written < 0) return false;
    contents.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return FromErrno(path, errno);
  std::string contents;
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0) return FromErrno(path, errno);
    if (got == 0) return contents;
    contents.append(buffer.data(), static_cast<size_t>(got));
  }
}

absl::Status WriteFile(const std::string& path, std::string_view contents, unsigned mode) {
  const std::string beside = path + ".new";
  const UniqueFd fd(open(beside.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, mode));
  if (!fd.valid() || !WriteAll(fd.get(), contents)) return FromErrno(beside, errno);
  if (std::rename(beside.c_str(), path.c_str()) != 0) return FromErrno(path, errno);
  return absl::OkStatus();
}

absl::Status MakeDirectories(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  return error ? FromErrno(path, error.value()) : absl::OkStatus();
}

}  // namespace rds_csi::sim
