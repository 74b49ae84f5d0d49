// SPDX-License-Identifier: Apache-2.0
// Files of this machine: sysfs, procfs, device nodes, kubelet's folders. None of these calls
// touches the inside of a volume's filesystem; what may block on dead storage goes through Exec.
#ifndef RDS_CSI_HOST_FILES_H_
#define RDS_CSI_HOST_FILES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/device_number.h"

namespace rds_csi {

// The number in "259:1". INVALID_ARGUMENT naming the text.
absl::StatusOr<DeviceNumber> ParseDeviceNumber(std::string_view text);

enum class FileType { kRegular, kDirectory, kBlockDevice, kSymbolicLink, kOther };

struct FileInfo {
  FileType type = FileType::kOther;
  uint32_t mode = 0;    // permission bits, as chmod takes them
  DeviceNumber number;  // of a block device; 0:0 otherwise
};

// Where Replace writes before it renames: "PATH.new". A crash in that moment leaves it behind.
std::string TemporaryNameOf(const std::string& path);

// Errors are ErrnoStatus with the path in it (base/errno_status.h): NOT_FOUND when there is no such
// file.
class Files {
 public:
  virtual ~Files() = default;

  // At most 1 MiB; OUT_OF_RANGE beyond.
  virtual absl::StatusOr<std::string> Read(const std::string& path) = 0;

  // Names in a directory, sorted, without "." and "..".
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& path) = 0;

  // Does not follow a symbolic link at the end of `path`.
  virtual absl::StatusOr<FileInfo> Stat(const std::string& path) = 0;

  // `path` with every symbolic link resolved; `path` must exist.
  virtual absl::StatusOr<std::string> RealPath(const std::string& path) = 0;

  // One write(2) to a file that exists: a sysfs attribute.
  virtual absl::Status Write(const std::string& path, std::string_view data) = 0;

  // The file holds either what it held or all of `data`, whatever happens: TemporaryNameOf(path),
  // fsync, rename, fsync of the directory. One caller at a time for a path.
  virtual absl::Status Replace(const std::string& path, std::string_view data, uint32_t mode) = 0;

  // Makes an empty file; its permission bits are `mode` whatever the umask. ALREADY_EXISTS.
  virtual absl::Status CreateExclusively(const std::string& path, uint32_t mode) = 0;

  // Makes the directory and what is missing above it, each with `mode`. There already: OK.
  virtual absl::Status MakeDirectories(const std::string& path, uint32_t mode) = 0;

  // Makes `path` a symbolic link that says `to`, which need not be there (in configfs it must).
  // ALREADY_EXISTS.
  virtual absl::Status CreateSymbolicLink(const std::string& path, const std::string& to) = 0;

  // A file or a symbolic link, not what that leads to.
  virtual absl::Status RemoveFile(const std::string& path) = 0;
  // Only when it is empty. There is no recursive removal in this driver (PUB-7).
  virtual absl::Status RemoveDirectory(const std::string& path) = 0;
};

// Removes a file that Replace wrote, after what a crash left of writing it. Gone already: OK.
absl::Status RemoveReplaced(Files& files, const std::string& path);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_FILES_H_
