// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_SIM_BASE_UUID_H_
#define RDS_CSI_SIM_BASE_UUID_H_

#include <string>
#include <string_view>

namespace rds_csi::sim {

// The same UUID for the same text, always (SHA-1 based, in the form of version 5).
std::string UuidFrom(std::string_view text);

// A random one from the kernel.
std::string RandomUuid();

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_BASE_UUID_H_
