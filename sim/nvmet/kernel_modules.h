// SPDX-License-Identifier: Apache-2.0
// The kernel's side of `--export nvmet`.
#ifndef RDS_CSI_SIM_NVMET_KERNEL_MODULES_H_
#define RDS_CSI_SIM_NVMET_KERNEL_MODULES_H_

#include <string>

#include "absl/status/status.h"

namespace rds_csi::sim {

// Loads nvmet-tcp and loop where modprobe can (both may be there already, or built in), then makes
// sure that the target's configuration is at `root`. UNAVAILABLE with what to do when it is not.
absl::Status ProvideNvmet(const std::string& root);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_NVMET_KERNEL_MODULES_H_
