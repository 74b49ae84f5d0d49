// SPDX-License-Identifier: Apache-2.0
// A TCP connection within a deadline, to the first address of a host, in order, that answers.
#ifndef RDS_CSI_RDS_DIAL_H_
#define RDS_CSI_RDS_DIAL_H_

#include <netdb.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/address.h"

namespace rds_csi {

// A connected socket that the caller closes: no delay, keep-alive, and an unanswered peer is given
// up after 20 s. (A name takes as long as the machine's resolver takes; `deadline` cannot cut that
// short.) UNAVAILABLE naming host, port and the last reason.
absl::StatusOr<int> Dial(const HostPort& address, absl::Time deadline);

// The same for the addresses that `address` was resolved to. Each is given its share of the time
// that is left, so that one that swallows packets does not take it all.
absl::StatusOr<int> DialOneOf(const addrinfo& addresses, const HostPort& address,
                              absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_DIAL_H_
