// SPDX-License-Identifier: Apache-2.0
// Growing: making the kernel look at the size of a namespace again.
#ifndef RDS_CSI_NVME_NAMESPACE_SIZE_H_
#define RDS_CSI_NVME_NAMESPACE_SIZE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/host.h"
#include "nvme/subsystem.h"

namespace rds_csi {

// Rescans the volume's controllers until its block device has at least `size_bytes` (0: whatever it
// has after one rescan) and answers it as it then is. Asks again now and then: a target may tell
// its new size late.
// NOT_FOUND: the volume is not connected. UNAVAILABLE: it has not grown by `deadline`; the text has
// both sizes. Or at once, when no controller is live that could tell a size: whoever brings the
// connection back must not wait for us.
absl::StatusOr<NvmeNamespace> WaitForSize(const Host& host, const std::string& nqn,
                                          int64_t size_bytes, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_NAMESPACE_SIZE_H_
