// SPDX-License-Identifier: Apache-2.0
// How full a mounted filesystem is.
#ifndef RDS_CSI_FS_USAGE_H_
#define RDS_CSI_FS_USAGE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/exec.h"

namespace rds_csi {

struct Usage {
  int64_t total_bytes = 0;
  int64_t used_bytes = 0;
  int64_t available_bytes = 0;  // to an unprivileged user
  int64_t total_inodes = 0;
  int64_t used_inodes = 0;
  int64_t free_inodes = 0;
  friend bool operator==(const Usage&, const Usage&) = default;
};

// NOT_FOUND: no such path. Errors of statfs(2), and of Exec.
absl::StatusOr<Usage> ReadUsage(Exec& exec, const std::string& path, absl::Time deadline);

// rds-csi-io's six numbers. INTERNAL quoting anything else.
absl::StatusOr<Usage> ParseUsage(std::string_view line);

}  // namespace rds_csi

#endif  // RDS_CSI_FS_USAGE_H_
