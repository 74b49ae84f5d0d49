// SPDX-License-Identifier: Apache-2.0
// Commands over SSH: one exec channel a command, on a few sessions that stay open.
#ifndef RDS_CSI_RDS_SSH_TRANSPORT_H_
#define RDS_CSI_RDS_SSH_TRANSPORT_H_

#include <memory>
#include <string>

#include "model/address.h"
#include "rds/door_log.h"
#include "rds/transport.h"
#include "rds/transport_options.h"

namespace rds_csi {

// Sessions are dialled when needed and dropped on any error. A session that died while it was idle
// is replaced within the same command, since nothing had been sent on it.
std::unique_ptr<RosTransport> NewSshTransport(const HostPort& address,
                                              const std::string& credentials_directory,
                                              const TransportOptions& options, const DoorLog& door);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_SSH_TRANSPORT_H_
