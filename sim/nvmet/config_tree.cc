// SPDX-License-Identifier: Apache-2.0
#include "sim/nvmet/config_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "sim/base/files.h"
#include "sim/base/status_macros.h"
#include "sim/base/unique_fd.h"

namespace rds_csi::sim {
namespace {

absl::Status FromErrno(std::string_view act, const std::string& path, int error) {
  const std::string reason = std::error_code(error, std::generic_category()).message();
  return absl::UnavailableError(fmt::format("{} {}: {}", act, path, reason));
}

absl::Status Check(int result, int harmless, std::string_view act, const std::string& path) {
  if (result == 0 || errno == harmless) return absl::OkStatus();
  return FromErrno(act, path, errno);
}

}  // namespace

absl::Status LinuxConfigTree::MakeDirectory(const std::string& path) {
  return Check(mkdir(At(path).c_str(), 0755), EEXIST, "mkdir", At(path));
}

absl::Status LinuxConfigTree::RemoveDirectory(const std::string& path) {
  return Check(rmdir(At(path).c_str()), ENOENT, "rmdir", At(path));
}

absl::Status LinuxConfigTree::Write(const std::string& path, std::string_view value) {
  const UniqueFd fd(open(At(path).c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.valid()) return FromErrno("open", At(path), errno);
  const ssize_t written = write(fd.get(), value.data(), value.size());
  if (written == static_cast<ssize_t>(value.size())) return absl::OkStatus();
  return FromErrno(fmt::format("write {} to", value), At(path), written < 0 ? errno : EIO);
}

absl::StatusOr<std::string> LinuxConfigTree::Read(const std::string& path) {
  SIM_ASSIGN_OR_RETURN(std::string text, ReadFile(At(path)));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

absl::Status LinuxConfigTree::Link(const std::string& target, const std::string& path) {
  return Check(symlink(At(target).c_str(), At(path).c_str()), EEXIST, "link", At(path));
}

absl::Status LinuxConfigTree::Unlink(const std::string& path) {
  return Check(unlink(At(path).c_str()), ENOENT, "unlink", At(path));
}

std::vector<std::string> LinuxConfigTree::List(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator it(At(path), error), end; !error && it != end;
       it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace rds_csi::sim
