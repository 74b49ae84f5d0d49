// SPDX-License-Identifier: Apache-2.0
// Making and removing controllers: what connections to the RDS and anchors have in common.
#ifndef RDS_CSI_NVME_CONTROLLERS_H_
#define RDS_CSI_NVME_CONTROLLERS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/host.h"
#include "nvme/fabrics.h"

namespace rds_csi {

// Asks the kernel to connect; target.address.host is numeric. Answers the controller's name;
// whether it is live and has a namespace is another matter. The error is that of /dev/nvme-fabrics,
// with its words:
//   ALREADY_EXISTS  the same connection is there, in whatever state
//   NOT_FOUND, INTERNAL  no NVMe/TCP in this kernel, or it does not take the options
//   UNAVAILABLE     refused, unknown NQN, host not admitted, network
absl::StatusOr<std::string> ConnectController(const Host& host, const FabricsTarget& target,
                                              absl::Time deadline);

enum class ControllerKind { kRds, kAnchor };

// Deletes the controllers of `nqn` of that kind and returns when sysfs shows none of them. None
// there: OK. DEADLINE_EXCEEDED naming what is left.
absl::Status RemoveControllers(const Host& host, const std::string& nqn, ControllerKind kind,
                               absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_CONTROLLERS_H_
