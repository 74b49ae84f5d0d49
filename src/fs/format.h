// SPDX-License-Identifier: Apache-2.0
// Making a filesystem. The caller has proven that the device is blank, and the tools are run
// without any force, so that they refuse a device that holds something all the same; or that what
// is on it was left by such a run that was cut off.
#ifndef RDS_CSI_FS_FORMAT_H_
#define RDS_CSI_FS_FORMAT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "host/exec.h"
#include "model/access.h"

namespace rds_csi {

enum class FormatOver {
  kBlank,
  kUnfinished,  // an mkfs of ours that was cut off: with force
};

// The command line of mkfs for `type`. Nothing is discarded (the file on the RDS is fresh), inode
// tables and journal are written later, by the kernel.
std::vector<std::string> FormatCommand(FsType type, const std::string& device, FormatOver over);

// INTERNAL with mkfs's words when it failed.
absl::Status Format(Exec& exec, FsType type, const std::string& device, FormatOver over,
                    absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_FS_FORMAT_H_
