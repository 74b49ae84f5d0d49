// SPDX-License-Identifier: Apache-2.0
#include "node/target_path.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"
#include "model/paths.h"

namespace rds_csi {
namespace {

// The real place of the deepest part of `path` that exists.
absl::StatusOr<std::string> RealPathOfExistingPart(Files& files, std::string path) {
  while (true) {
    absl::StatusOr<std::string> real = files.RealPath(path);
    if (!absl::IsNotFound(real.status()) || path == "/") return real;
    path = ParentOf(path);
  }
}

absl::Status Outside(const std::string& path, const std::string& kubelet_dir) {
  return absl::InvalidArgumentError(
      fmt::format("path {} is not inside the kubelet directory {}", Quoted(path), kubelet_dir));
}

}  // namespace

absl::Status CheckInsideKubeletDirectory(Files& files, const std::string& kubelet_dir,
                                         const std::string& path) {
  RETURN_IF_ERROR(ParseAbsolutePath(path, "path").status());
  if (!IsBelow(path, kubelet_dir)) return Outside(path, kubelet_dir);
  const absl::StatusOr<FileInfo> info = files.Stat(path);
  if (info.ok() && info->type == FileType::kSymbolicLink) {
    return absl::InvalidArgumentError(fmt::format("path {} is a symbolic link", Quoted(path)));
  }
  ASSIGN_OR_RETURN(const std::string root, files.RealPath(kubelet_dir));
  ASSIGN_OR_RETURN(const std::string real, RealPathOfExistingPart(files, path));
  return real == root || IsBelow(real, root) ? absl::OkStatus() : Outside(path, kubelet_dir);
}

absl::Status NotAt(const VolumeId& volume, const std::string& path) {
  return absl::NotFoundError(fmt::format("volume {} is not at {}", volume.str(), path));
}

absl::StatusOr<bool> MakeTargetFile(Files& files, const std::string& path) {
  RETURN_IF_ERROR(files.MakeDirectories(ParentOf(path), kDirectoryMode));
  absl::Status made = files.CreateExclusively(path, kTargetFileMode);
  if (absl::IsAlreadyExists(made)) return false;
  if (!made.ok()) return made;
  return true;
}

absl::StatusOr<bool> MakeTargetDirectory(Files& files, const std::string& path) {
  const bool there = files.Stat(path).ok();
  RETURN_IF_ERROR(files.MakeDirectories(path, kDirectoryMode));
  return !there;
}

absl::Status RemoveTarget(Files& files, const std::string& path) {
  const absl::StatusOr<FileInfo> info = files.Stat(path);
  if (absl::IsNotFound(info.status())) return absl::OkStatus();
  if (!info.ok()) return info.status();
  return info->type == FileType::kDirectory ? files.RemoveDirectory(path) : files.RemoveFile(path);
}

}  // namespace rds_csi
