// SPDX-License-Identifier: Apache-2.0
// A transport that counts and times what goes through it (MET-1).
#ifndef RDS_CSI_RDS_METERED_TRANSPORT_H_
#define RDS_CSI_RDS_METERED_TRANSPORT_H_

#include <vector>

#include "base/clock.h"
#include "observe/metrics.h"
#include "rds/transport.h"

namespace rds_csi {

class MeteredTransport final : public RosTransport {
 public:
  // All outlive this.
  MeteredTransport(RosTransport& transport, Metrics& metrics, Clock& clock)
      : transport_(transport), metrics_(metrics), clock_(clock) {}

  absl::StatusOr<std::vector<RosRecord>> Run(const RosCommand& command,
                                             absl::Time deadline) override;

 private:
  RosTransport& transport_;
  Metrics& metrics_;
  Clock& clock_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_METERED_TRANSPORT_H_
