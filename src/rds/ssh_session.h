// SPDX-License-Identifier: Apache-2.0
// One SSH session with the RDS. Its .cc is the only file that knows libssh.
#ifndef RDS_CSI_RDS_SSH_SESSION_H_
#define RDS_CSI_RDS_SSH_SESSION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/address.h"
#include "rds/credentials.h"
#include "rds/door_log.h"
#include "rds/transport_options.h"

namespace rds_csi {

// Used by one thread at a time. After any error it is of no further use.
class SshSession {
 public:
  struct Login;

  // Connects, compares the host key with the pins of `credentials` (unless `options` say any), and
  // logs in: with the private key first, then with the password. Tells `door` of both.
  // UNAVAILABLE: no connection.
  static absl::StatusOr<Login> Open(const HostPort& address, const Credentials& credentials,
                                    const TransportOptions& options, const DoorLog& door,
                                    absl::Time deadline);

  virtual ~SshSession() = default;

  // Opens a channel for one command. UNAVAILABLE: the session is dead; nothing was sent.
  virtual absl::Status Prepare(absl::Time deadline) = 0;

  // Sends `line` on the channel that Prepare opened, and answers what standard output said.
  // DEADLINE_EXCEEDED: broken or out of time; the outcome is unknown. INTERNAL: the answer is too
  // large.
  virtual absl::StatusOr<std::string> Exec(const std::string& line, absl::Time deadline) = 0;
};

struct SshSession::Login {
  std::unique_ptr<SshSession> session;  // empty when refused
  std::string refused;  // why: by us (host key, unusable private key) or by the RDS (login)
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_SSH_SESSION_H_
