// SPDX-License-Identifier: Apache-2.0
// What happens at the door of the RDS before any command: whether it is the RDS that was pinned,
// and whether it let us in. Each is a line of the audit log (AUD-1) and counted (MET-1).
#ifndef RDS_CSI_RDS_DOOR_LOG_H_
#define RDS_CSI_RDS_DOOR_LOG_H_

#include <string>

#include "absl/time/time.h"
#include "observe/audit.h"
#include "observe/metrics.h"
#include "rds/endpoint.h"

namespace rds_csi {

struct DoorEvent {
  enum class Act { kHostKeyCheck, kCertificateCheck, kLogin };
  Act act = Act::kLogin;
  // kFailure of a check: it is somebody else, and our login was not shown to it. kUnknown: nothing
  // was checked, or the connection broke before it could be.
  AuditOutcome outcome = AuditOutcome::kSuccess;
  std::string user;
  // Never a secret: the host key that the RDS showed ("ssh-ed25519 SHA256:…"), the file that its
  // certificate was held to, the file that we logged in with. May be empty.
  std::string evidence;
  std::string why;  // where it is no success
  absl::Duration duration;
};

// One for each transport; used by many threads at once. `audit` and `metrics` outlive it.
class DoorLog {
 public:
  DoorLog(const Endpoint& endpoint, const AuditLog& audit, Metrics& metrics);

  void Tell(const DoorEvent& event) const;

 private:
  std::string door_;      // "ssh", "rest"
  std::string endpoint_;  // "ssh://10.0.0.2:22"
  const AuditLog& audit_;
  Metrics& metrics_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_DOOR_LOG_H_
