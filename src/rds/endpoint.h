// SPDX-License-Identifier: Apache-2.0
// Where the RDS is and through which door: https://host[:port] or ssh://host[:port].
#ifndef RDS_CSI_RDS_ENDPOINT_H_
#define RDS_CSI_RDS_ENDPOINT_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "model/address.h"
#include "observe/audit.h"
#include "observe/metrics.h"
#include "rds/transport.h"
#include "rds/transport_options.h"

namespace rds_csi {

struct Endpoint {
  enum class Door { kRest, kSsh };
  Door door = Door::kRest;
  HostPort address;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// Ports by default 443 and 22; an IPv6 address is in brackets. INVALID_ARGUMENT: another scheme, a
// path, or a login in the URL (which is not repeated in the text).
absl::StatusOr<Endpoint> ParseEndpoint(std::string_view url);

// The transport for `endpoint`. Credentials are read from `credentials_directory` now, so that what
// is wrong with them is told at start, and again at every login. Nothing is dialled yet. Checks of
// the RDS's identity and logins go to `audit` and `metrics` (rds/door_log.h), which outlive it.
// FAILED_PRECONDITION naming the file that is missing or unusable.
absl::StatusOr<std::unique_ptr<RosTransport>> OpenTransport(
    const Endpoint& endpoint, const std::string& credentials_directory,
    const TransportOptions& options, const AuditLog& audit, Metrics& metrics);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_ENDPOINT_H_
