// SPDX-License-Identifier: Apache-2.0
// Commands over RouterOS's REST API: HTTPS with keep-alive, and the server's certificate pinned.
#ifndef RDS_CSI_RDS_REST_TRANSPORT_H_
#define RDS_CSI_RDS_REST_TRANSPORT_H_

#include <memory>
#include <string>

#include "model/address.h"
#include "rds/door_log.h"
#include "rds/transport.h"
#include "rds/transport_options.h"

namespace rds_csi {

// With server.crt the RDS must hold that very key, and its name is not looked at; else its
// certificate must be signed by ca.crt (and by nobody else that the machine trusts) and be for the
// host of the URL.
std::unique_ptr<RosTransport> NewRestTransport(const HostPort& address,
                                               const std::string& credentials_directory,
                                               const TransportOptions& options,
                                               const DoorLog& door);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_REST_TRANSPORT_H_
