// SPDX-License-Identifier: Apache-2.0
// Growing a mounted filesystem to the size of its device.
#ifndef RDS_CSI_FS_GROW_H_
#define RDS_CSI_FS_GROW_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "host/exec.h"
#include "model/access.h"

namespace rds_csi {

// `mount_point`: any place where the filesystem of `device` is mounted writable. One that has the
// size already is success. INTERNAL with the tool's words.
absl::Status Grow(Exec& exec, FsType type, const std::string& device,
                  const std::string& mount_point, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_FS_GROW_H_
