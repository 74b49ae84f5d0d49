// SPDX-License-Identifier: Apache-2.0
// Every flag of rds-csi with its help.
#ifndef RDS_CSI_CONFIG_FLAGS_H_
#define RDS_CSI_CONFIG_FLAGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "flags.h"

namespace rds_csi {

// controller, node and version.
const std::vector<Subcommand>& Subcommands();

// The page of `rds-csi --help`.
std::string Overview(std::string_view version);

}  // namespace rds_csi

#endif  // RDS_CSI_CONFIG_FLAGS_H_
