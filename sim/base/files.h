// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_SIM_BASE_FILES_H_
#define RDS_CSI_SIM_BASE_FILES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rds_csi::sim {

// NOT_FOUND when there is none, UNAVAILABLE with the errno's text otherwise.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Replaces a file: readers see the old contents or the new, never a part. Errors name the path.
absl::Status WriteFile(const std::string& path, std::string_view contents, unsigned mode = 0600);

// With parents; an existing directory is success.
absl::Status MakeDirectories(const std::string& path);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_BASE_FILES_H_
