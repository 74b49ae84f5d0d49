// SPDX-License-Identifier: Apache-2.0
// Whether somebody listens: asked before the kernel is, since a fabrics connect that hangs holds up
// every other one of the node.
#ifndef RDS_CSI_HOST_LINUX_REACH_H_
#define RDS_CSI_HOST_LINUX_REACH_H_

#include <chrono>
#include <string>

#include "host/linux_outcome.h"

namespace rds_csi {

// Resolves `host` (a name or an address, "fe80::1%eth0" too) and connects to its addresses, in the
// resolver's order, the next one as soon as one has failed or stayed silent for 250 ms. The text is
// the numeric address that accepted first. ETIMEDOUT; else the last address's errno; EHOSTUNREACH
// or EAGAIN with the resolver's words when there is no address.
Outcome ReachHost(const std::string& host, const std::string& port,
                  std::chrono::milliseconds patience);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_REACH_H_
