// SPDX-License-Identifier: Apache-2.0
// Files by system calls.
#ifndef RDS_CSI_HOST_LINUX_FILES_H_
#define RDS_CSI_HOST_LINUX_FILES_H_

#include <string>
#include <string_view>
#include <vector>

#include "host/files.h"

namespace rds_csi {

class LinuxFiles final : public Files {
 public:
  absl::StatusOr<std::string> Read(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override;
  absl::StatusOr<FileInfo> Stat(const std::string& path) override;
  absl::StatusOr<std::string> RealPath(const std::string& path) override;
  absl::Status Write(const std::string& path, std::string_view data) override;
  absl::Status Replace(const std::string& path, std::string_view data, uint32_t mode) override;
  absl::Status CreateExclusively(const std::string& path, uint32_t mode) override;
  absl::Status MakeDirectories(const std::string& path, uint32_t mode) override;
  absl::Status CreateSymbolicLink(const std::string& path, const std::string& to) override;
  absl::Status RemoveFile(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_FILES_H_
