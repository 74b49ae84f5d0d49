// SPDX-License-Identifier: Apache-2.0
// One keep-alive HTTPS connection to the RDS. Its .cc is the only file of this folder that knows
// libcurl.
#ifndef RDS_CSI_RDS_HTTPS_SESSION_H_
#define RDS_CSI_RDS_HTTPS_SESSION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/address.h"
#include "rds/credentials.h"
#include "rds/door_log.h"
#include "rds/rest_mapping.h"
#include "rds/transport_options.h"

namespace rds_csi {

struct HttpsReply {
  long status = 0;
  std::string body;
  // Why nothing was carried out: the RDS refused the login, or it is not the RDS that was pinned.
  // Empty otherwise.
  std::string refused;
};

// Used by one thread at a time; dials when needed.
class HttpsSession {
 public:
  // `door` outlives it, and is told of each new connection's certificate and login, and of each
  // login that was refused. FAILED_PRECONDITION naming the file: server.crt is no certificate.
  static absl::StatusOr<std::unique_ptr<HttpsSession>> New(const HostPort& address,
                                                           const Credentials& credentials,
                                                           const TransportOptions& options,
                                                           const DoorLog& door);

  virtual ~HttpsSession() = default;

  // UNAVAILABLE: nothing was sent. DEADLINE_EXCEEDED: something was, and no whole answer came: the
  // outcome is unknown. INTERNAL: the answer is too large.
  virtual absl::StatusOr<HttpsReply> Send(const HttpRequest& request, absl::Time deadline) = 0;

  virtual const Credentials& credentials() const = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_HTTPS_SESSION_H_
