// SPDX-License-Identifier: Apache-2.0
// RouterOS versions: which ones this driver can work with.
#ifndef RDS_CSI_RDS_VERSION_H_
#define RDS_CSI_RDS_VERSION_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rds_csi {

// The version in what /system/resource calls one: "7.24.5" of "7.24.5 (stable)", "7.26beta5".
// FAILED_PRECONDITION: below 7.21, which is the first with nvme-tcp-server-nqn. INTERNAL: no
// version at all.
absl::StatusOr<std::string> ParseSupportedVersion(std::string_view text);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_VERSION_H_
