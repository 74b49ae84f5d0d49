// SPDX-License-Identifier: Apache-2.0
// Checking a filesystem before it is mounted.
#ifndef RDS_CSI_FS_CHECK_H_
#define RDS_CSI_FS_CHECK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "host/exec.h"
#include "model/access.h"

namespace rds_csi {

// ext3 and ext4: e2fsck -p, which replays the journal and repairs what is safe to repair without
// asking. xfs: nothing to do, the kernel replays the log at mount, and xfs_repair would throw an
// unreplayed log away. The device must not be mounted.
// FAILED_PRECONDITION: it needs a human (e2fsck's words and the command to run).
// UNAVAILABLE: the check itself could not be done, for example because of read errors.
absl::Status Check(Exec& exec, FsType type, const std::string& device, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_FS_CHECK_H_
