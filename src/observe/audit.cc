// SPDX-License-Identifier: Apache-2.0
#include "observe/audit.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace rds_csi {
namespace {

// ASCII only: no character of a foreign text can be taken for a line break by whatever reads this.
std::string ToLine(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string_view NameOf(AuditOutcome outcome) {
  switch (outcome) {
    case AuditOutcome::kUnknown:
      return "unknown";
    case AuditOutcome::kSuccess:
      return "success";
    case AuditOutcome::kFailure:
      return "failure";
  }
  return "unknown";
}

AuditLog::AuditLog(LogFields actor, Sink sink) : actor_(std::move(actor)), sink_(std::move(sink)) {}

void AuditLog::Write(const AuditEvent& event) const {
  nlohmann::ordered_json line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  line["audit"] = true;
  line["action"] = event.action;
  line["outcome"] = NameOf(event.outcome);
  // What is fixed comes first and stays: no detail can put itself in its place.
  for (const LogFields* fields : {&actor_, &event.details}) {
    for (const auto& [key, value] : *fields) line.emplace(std::string(key), value);
  }
  if (event.duration_ms) line["duration_ms"] = *event.duration_ms;
  sink_(ToLine(line));
}

AuditLog::Sink AuditToStandardOutput() {
  return [](const std::string& line) {
    // An audit log that cannot be written has nowhere to be reported.
    [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, line.data(), line.size());
  };
}

}  // namespace rds_csi
