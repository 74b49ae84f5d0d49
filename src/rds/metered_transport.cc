// SPDX-License-Identifier: Apache-2.0
#include "rds/metered_transport.h"

namespace rds_csi {

absl::StatusOr<std::vector<RosRecord>> MeteredTransport::Run(const RosCommand& command,
                                                             absl::Time deadline) {
  const absl::Time start = clock_.Now();
  absl::StatusOr<std::vector<RosRecord>> answer = transport_.Run(command, deadline);
  metrics_.RdsCommandEnded(command.menu, NameOf(command.verb), answer.status().code(),
                           clock_.Now() - start);
  return answer;
}

}  // namespace rds_csi
