// SPDX-License-Identifier: Apache-2.0
// A TCP connection within a deadline, to whichever address of a host answers first in order.
#ifndef RDS_CSI_RDS_DIAL_H_
#define RDS_CSI_RDS_DIAL_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/address.h"

namespace rds_csi {

// A connected socket that the caller closes: no delay, keep-alive, and an unanswered peer is given
// up after 20 s. (A name takes as long as the machine's resolver takes; `deadline` cannot cut that
// short.) UNAVAILABLE naming host, port and the last reason.
absl::StatusOr<int> Dial(const HostPort& address, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_DIAL_H_
