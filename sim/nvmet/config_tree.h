// SPDX-License-Identifier: Apache-2.0
// The kernel's configuration tree below one directory (/sys/kernel/config/nvmet): directories are
// objects, files are their attributes, symbolic links are relations.
#ifndef RDS_CSI_SIM_NVMET_CONFIG_TREE_H_
#define RDS_CSI_SIM_NVMET_CONFIG_TREE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rds_csi::sim {

// Paths are relative to the root. Errors name the path and the errno's text; what exists already
// when it shall be made, and what is gone already when it shall go, is success.
class ConfigTree {
 public:
  virtual ~ConfigTree() = default;

  virtual absl::Status MakeDirectory(const std::string& path) = 0;
  virtual absl::Status RemoveDirectory(const std::string& path) = 0;
  virtual absl::Status Write(const std::string& path, std::string_view value) = 0;
  // Without the newline at its end; NOT_FOUND when there is no such attribute.
  virtual absl::StatusOr<std::string> Read(const std::string& path) = 0;
  // A link at `path` to `target`, which is relative to the root, too.
  virtual absl::Status Link(const std::string& target, const std::string& path) = 0;
  virtual absl::Status Unlink(const std::string& path) = 0;
  // Names, sorted; none when there is no such directory.
  virtual std::vector<std::string> List(const std::string& path) = 0;
};

class LinuxConfigTree : public ConfigTree {
 public:
  explicit LinuxConfigTree(std::string root) : root_(std::move(root)) {}

  absl::Status MakeDirectory(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;
  absl::Status Write(const std::string& path, std::string_view value) override;
  absl::StatusOr<std::string> Read(const std::string& path) override;
  absl::Status Link(const std::string& target, const std::string& path) override;
  absl::Status Unlink(const std::string& path) override;
  std::vector<std::string> List(const std::string& path) override;

 private:
  std::string At(const std::string& path) const { return root_ + "/" + path; }

  const std::string root_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_NVMET_CONFIG_TREE_H_
