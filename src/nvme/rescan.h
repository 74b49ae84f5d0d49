// SPDX-License-Identifier: Apache-2.0
// Making the kernel look at a volume's namespace again.
#ifndef RDS_CSI_NVME_RESCAN_H_
#define RDS_CSI_NVME_RESCAN_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "host/host.h"
#include "nvme/subsystem.h"

namespace rds_csi {

// Asks each live controller to the RDS for its namespaces and their sizes. Anchors are not asked:
// the head would take their word for its size. Errors are those of the write to
// its rescan_controller attribute; controllers behind the one that failed are not asked.
absl::Status Rescan(const Host& host, const std::vector<NvmeController>& controllers,
                    absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_RESCAN_H_
