// SPDX-License-Identifier: Apache-2.0
// Wall 2: the RDS. One command, one answer. Behind it stand REST over HTTPS, SSH, and the simulator
// of the unit tests.
#ifndef RDS_CSI_RDS_TRANSPORT_H_
#define RDS_CSI_RDS_TRANSPORT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "rds/command.h"

namespace rds_csi {

class RosTransport {
 public:
  virtual ~RosTransport() = default;

  // One round trip. Safe to call from many threads at once.
  //
  // kPrint answers the matching records (maybe none), kAdd and kSet the one record as it is after
  // the change, kRemove nothing.
  //
  // UNAVAILABLE: the RDS could not be reached, is not the one that was pinned, or refused our
  // login:
  //   the command was certainly not carried out. (Not FAILED_PRECONDITION: Kubernetes would take an
  //   attach that failed with it for surely detached.)
  // DEADLINE_EXCEEDED: the connection broke or time ran out after the command was sent: the outcome
  //   is unknown; read the state again, never repeat blindly.
  // Errors that RouterOS answered: see rds/ros_errors.h.
  // INTERNAL: an answer to kPrint that cannot be read. To any other command it leaves the outcome
  //   unknown: DEADLINE_EXCEEDED.
  virtual absl::StatusOr<std::vector<RosRecord>> Run(const RosCommand& command,
                                                     absl::Time deadline) = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_TRANSPORT_H_
