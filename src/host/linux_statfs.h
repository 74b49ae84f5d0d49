// SPDX-License-Identifier: Apache-2.0
// How full a filesystem is.
#ifndef RDS_CSI_HOST_LINUX_STATFS_H_
#define RDS_CSI_HOST_LINUX_STATFS_H_

#include <string>

#include "host/linux_outcome.h"

namespace rds_csi {

// Six numbers: bytes total, used, available to others than root; inodes total, used, free.
Outcome FilesystemUsage(const std::string& path);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_STATFS_H_
