// SPDX-License-Identifier: Apache-2.0
#include "nvme/rescan.h"

#include <fmt/format.h>

#include "base/status.h"
#include "nvme/anchor_address.h"

namespace rds_csi {

absl::Status Rescan(const Host& host, const std::vector<NvmeController>& controllers,
                    absl::Time deadline) {
  for (const NvmeController& controller : controllers) {
    if (controller.state != "live" || IsAnchor(controller)) continue;
    RETURN_IF_ERROR(
        RunIo(host.exec,
              {"write", fmt::format("/sys/class/nvme/{}/rescan_controller", controller.name)}, "1",
              deadline)
            .status());
  }
  return absl::OkStatus();
}

}  // namespace rds_csi
