// SPDX-License-Identifier: Apache-2.0
#include "csi/rpc.h"

#include <fmt/format.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "csi/grpc_status.h"
#include "csi/request_text.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kDefaultTime = absl::Minutes(2);
constexpr absl::Duration kLongestTime = absl::Minutes(5);
constexpr absl::Duration kLargestMargin = absl::Seconds(1);

// What the audit log calls the RPCs that change something; the others are not in it.
struct Change {
  std::string_view method;
  std::string_view action;
};
constexpr Change kChanges[] = {
    {"CreateVolume", "create"},
    {"DeleteVolume", "delete"},
    {"ControllerPublishVolume", "attach"},
    {"ControllerUnpublishVolume", "detach"},
    {"ControllerExpandVolume", "expand"},
    {"NodeStageVolume", "stage"},
    {"NodeUnstageVolume", "unstage"},
    {"NodePublishVolume", "publish"},
    {"NodeUnpublishVolume", "unpublish"},
    {"NodeExpandVolume", "expand"},
};

// Empty for an RPC that changes nothing.
std::string_view ActionOf(std::string_view method) {
  const auto* change = std::find_if(std::begin(kChanges), std::end(kChanges),
                                    [method](const Change& c) { return c.method == method; });
  return change == std::end(kChanges) ? std::string_view() : change->action;
}

// Whether the caller can mend it; else it is ours to look at.
bool IsTheCallers(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnimplemented:
      return true;
    default:
      return false;
  }
}

LogLevel LevelOf(const absl::Status& status, bool changes, bool warned) {
  if (!status.ok()) return IsTheCallers(status.code()) ? LogLevel::kWarning : LogLevel::kError;
  if (warned) return LogLevel::kWarning;
  return changes ? LogLevel::kInfo : LogLevel::kDebug;
}

std::optional<absl::Duration> ClientWaits(const grpc::ServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return std::nullopt;
  return absl::FromChrono(deadline - std::chrono::system_clock::now());
}

}  // namespace

// One call, as logs and audit tell it.
struct Rpcs::Report {
  std::string method;
  LogFields subject;
  absl::Status status;
  absl::Duration duration;
  std::vector<std::string> warnings;

  LogFields Outcome() const {
    LogFields fields = {{"code", NameOf(status.code())}};
    if (!status.ok()) fields.emplace_back("error", SafeMessage(Message(status)));
    return fields;
  }
};

absl::Duration WorkingTime(std::optional<absl::Duration> client_waits) {
  if (!client_waits) return kDefaultTime;
  const absl::Duration margin = std::min(kLargestMargin, *client_waits / 10);
  return std::min(*client_waits - margin, kLongestTime);
}

Call::Call(VolumeLocks& locks, Clock& clock, std::string method, absl::Time deadline)
    : locks_(locks), clock_(clock), method_(std::move(method)), deadline_(deadline) {}

absl::Status Call::Lock(const VolumeId& volume) {
  ASSIGN_OR_RETURN(VolumeLocks::Lock lock,
                   locks_.TryLock(volume.str(), method_, (deadline_ - clock_.Now()) / 2));
  lock_.emplace(std::move(lock));
  return absl::OkStatus();
}

void Call::Warn(std::vector<std::string> warnings) {
  std::move(warnings.begin(), warnings.end(), std::back_inserter(warnings_));
}

absl::Status Rpcs::Run(const grpc::ServerContext& context, const std::string& method, Work work,
                       std::vector<std::string>& warnings) {
  const absl::Duration time = WorkingTime(ClientWaits(context));
  if (time <= absl::ZeroDuration()) {
    return absl::DeadlineExceededError(fmt::format("{}: the call came with no time left", method));
  }
  Call call(locks_, clock_, method, clock_.Now() + time);
  const absl::Status status = work(call);
  warnings = call.warnings();
  return status;
}

grpc::Status Rpcs::Answer(const grpc::ServerContext& context,
                          const google::protobuf::Message& request, Work work) noexcept {
  const absl::Time start = clock_.Now();
  Report report = {.method = MethodOf(request),
                   .subject = {{"call", fmt::to_string(++calls_)}},
                   .status = {},
                   .duration = {},
                   .warnings = {}};
  std::ranges::move(SubjectOf(request), std::back_inserter(report.subject));
  if (IsLogged(LogLevel::kDebug)) {
    Log(LogLevel::kDebug, "request",
        {{"method", report.method}, {"request", WithoutSecrets(request)}});
  }
  WriteAudit(report, AuditOutcome::kUnknown);
  metrics_.RpcBegan(report.method);
  report.status = Run(context, report.method, work, report.warnings);
  report.duration = clock_.Now() - start;
  metrics_.RpcEnded(report.method, report.status.code(), report.duration);
  WriteAudit(report, report.status.ok() ? AuditOutcome::kSuccess : AuditOutcome::kFailure);
  WriteLog(report);
  return ToGrpcStatus(report.status);
}

void Rpcs::WriteAudit(const Report& report, AuditOutcome outcome) const {
  AuditEvent event = {.action = ActionOf(report.method),
                      .outcome = outcome,
                      .details = report.subject,
                      .duration_ms = {}};
  if (event.action.empty()) return;
  if (outcome != AuditOutcome::kUnknown) {
    std::ranges::move(report.Outcome(), std::back_inserter(event.details));
    event.duration_ms = absl::ToInt64Milliseconds(report.duration);
  }
  audit_.Write(event);
}

void Rpcs::WriteLog(const Report& report) {
  LogFields fields = {{"method", report.method}};
  for (const LogFields& more : {report.subject, report.Outcome()}) {
    fields.insert(fields.end(), more.begin(), more.end());
  }
  fields.emplace_back("duration_ms", fmt::to_string(absl::ToInt64Milliseconds(report.duration)));
  if (!report.warnings.empty()) fields.emplace_back("warnings", Join(report.warnings, "; "));
  Log(LevelOf(report.status, !ActionOf(report.method).empty(), !report.warnings.empty()), "rpc",
      fields);
}

}  // namespace rds_csi
