// SPDX-License-Identifier: Apache-2.0
// What all RPCs share, written once: the deadline, the volume's lock, the audit lines, the log
// line, the metrics, and the way from a Status to gRPC's.
#ifndef RDS_CSI_CSI_RPC_H_
#define RDS_CSI_CSI_RPC_H_

#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/volume_locks.h"
#include "model/volume_id.h"
#include "observe/audit.h"
#include "observe/metrics.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace grpc {
class ServerContext;
}  // namespace grpc

namespace rds_csi {

// How long a call may work whose client waits for `client_waits` more (none: it did not say): a
// little less, so that our answer arrives before the client gives up; 2 minutes where it did not
// say; 5 minutes at most, for a volume must not stay locked for longer than that.
absl::Duration WorkingTime(std::optional<absl::Duration> client_waits);

// One RPC that is being answered.
class Call {
 public:
  Call(VolumeLocks& locks, Clock& clock, std::string method, absl::Time deadline);

  absl::Time deadline() const { return deadline_; }

  // Holds the volume until the call is answered. ABORTED: another call works on it, or the keeper
  // for too long.
  absl::Status Lock(const VolumeId& volume);

  // What went wrong beside the way, though the call succeeds: goes to the log.
  void Warn(std::vector<std::string> warnings);
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  VolumeLocks& locks_;
  Clock& clock_;
  std::string method_;
  absl::Time deadline_;
  std::optional<VolumeLocks::Lock> lock_;
  std::vector<std::string> warnings_;
};

// Answers RPCs. One for a whole process, since the locks are in it; used by many threads at once.
class Rpcs {
 public:
  using Work = absl::FunctionRef<absl::Status(Call&)>;

  // All outlive this.
  Rpcs(Clock& clock, const AuditLog& audit, Metrics& metrics)
      : clock_(clock), audit_(audit), metrics_(metrics) {}

  // Runs `work` and answers what it said. DEADLINE_EXCEEDED, without running it: no time is left.
  // An RPC that changes something leaves two audit lines, one before and one after. Every RPC
  // leaves one log line: a failure of the caller's as a warning, one of ours as an error, a change
  // as info, the rest at debug level, as is the request itself (without its secrets). Every RPC is
  // counted and timed.
  grpc::Status Answer(const grpc::ServerContext& context, const google::protobuf::Message& request,
                      Work work) noexcept;

  // Of the volumes that calls work on, for whoever works on them beside the calls.
  VolumeLocks& locks() { return locks_; }

 private:
  struct Report;
  absl::Status Run(const grpc::ServerContext& context, const std::string& method, Work work,
                   std::vector<std::string>& warnings);
  void WriteAudit(const Report& report, AuditOutcome outcome) const;
  static void WriteLog(const Report& report);

  Clock& clock_;
  const AuditLog& audit_;
  Metrics& metrics_;
  VolumeLocks locks_;
  std::atomic<uint64_t> calls_ = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_RPC_H_
