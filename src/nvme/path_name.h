// SPDX-License-Identifier: Apache-2.0
// The names of native multipath: nvme0c3n1 is the path through controller nvme3 to the head
// nvme0n1. The first number is the subsystem's, which need not be that of any controller.
#ifndef RDS_CSI_NVME_PATH_NAME_H_
#define RDS_CSI_NVME_PATH_NAME_H_

#include <optional>
#include <string>
#include <string_view>

namespace rds_csi {

struct PathName {
  std::string controller;  // "nvme3"
  std::string head;        // "nvme0n1"
};

// None when `name` is not that of a path.
std::optional<PathName> FindPathName(std::string_view name);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_PATH_NAME_H_
