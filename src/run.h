// SPDX-License-Identifier: Apache-2.0
// The two plugins: each puts its parts together, the only wiring there is, and serves.
#ifndef RDS_CSI_RUN_H_
#define RDS_CSI_RUN_H_

#include "absl/status/status.h"
#include "config.h"

namespace rds_csi {

// Until a signal comes. An error says why it cannot start: the socket or the metrics' address is
// taken, credentials are not usable, no rds-csi-io …
absl::Status RunController(const ControllerSettings& settings);
absl::Status RunNode(const NodeSettings& settings);

}  // namespace rds_csi

#endif  // RDS_CSI_RUN_H_
