// SPDX-License-Identifier: Apache-2.0
// The security audit log (AUD-1): who did what to which volume, and how it ended. One JSON object a
// line, each marked "audit":true, so that the lines can be told from everything else that a
// container prints. Secrets are never handed to it.
//
//   {"time":"…","audit":true,"action":"stage","outcome":"unknown","driver":"…","node":"worker-1",
//    "call":"17","volume_id":"pvc-1","staging_target_path":"/…"}
//   {"time":"…","audit":true,"action":"stage","outcome":"failure",…,"code":"FAILED_PRECONDITION",
//    "error":"…","duration_ms":12}
#ifndef RDS_CSI_OBSERVE_AUDIT_H_
#define RDS_CSI_OBSERVE_AUDIT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"

namespace rds_csi {

// kUnknown is written before a change is tried: a process that dies in the middle has said so.
enum class AuditOutcome { kUnknown, kSuccess, kFailure };

// "unknown", "success", "failure".
std::string_view NameOf(AuditOutcome outcome);

struct AuditEvent {
  std::string_view action;  // "stage", "attach" …
  AuditOutcome outcome = AuditOutcome::kUnknown;
  LogFields details;  // what it was done to, and why it failed; texts from outside are welcome
  std::optional<int64_t> duration_ms;
};

class AuditLog {
 public:
  // Takes one line with its line break. Called from many threads at once.
  using Sink = std::function<void(const std::string& line)>;

  // `actor`: who this process is (driver, role, node); on every line.
  AuditLog(LogFields actor, Sink sink);

  void Write(const AuditEvent& event) const;

 private:
  LogFields actor_;
  Sink sink_;
};

// Standard output, one write(2) a line; the log is on standard error.
AuditLog::Sink AuditToStandardOutput();

}  // namespace rds_csi

#endif  // RDS_CSI_OBSERVE_AUDIT_H_
