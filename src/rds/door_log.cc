// SPDX-License-Identifier: Apache-2.0
#include "rds/door_log.h"

#include <string_view>
#include <utility>

namespace rds_csi {
namespace {

using Act = DoorEvent::Act;

std::string_view ActionOf(Act act) {
  switch (act) {
    case Act::kHostKeyCheck:
      return "host_key_check";
    case Act::kCertificateCheck:
      return "certificate_check";
    case Act::kLogin:
      return "login";
  }
  return "login";
}

std::string_view EvidenceOf(Act act) {
  switch (act) {
    case Act::kHostKeyCheck:
      return "host_key";
    case Act::kCertificateCheck:
      return "held_to";
    case Act::kLogin:
      return "with";
  }
  return "with";
}

}  // namespace

DoorLog::DoorLog(const Endpoint& endpoint, const AuditLog& audit, Metrics& metrics)
    : door_(endpoint.door == Endpoint::Door::kRest ? "rest" : "ssh"),
      endpoint_((endpoint.door == Endpoint::Door::kRest ? "https://" : "ssh://") +
                ToString(endpoint.address)),
      audit_(audit),
      metrics_(metrics) {}

void DoorLog::Tell(const DoorEvent& event) const {
  LogFields details = {{"rds", endpoint_}, {"user", event.user}};
  if (!event.evidence.empty()) details.emplace_back(EvidenceOf(event.act), event.evidence);
  if (!event.why.empty()) details.emplace_back("error", event.why);
  audit_.Write({.action = ActionOf(event.act),
                .outcome = event.outcome,
                .details = std::move(details),
                .duration_ms = absl::ToInt64Milliseconds(event.duration)});
  if (event.act == Act::kLogin) {
    metrics_.RdsLogin(door_, event.outcome == AuditOutcome::kSuccess ? LoginOutcome::kAccepted
                                                                     : LoginOutcome::kRefused);
  } else if (event.outcome == AuditOutcome::kFailure) {
    metrics_.RdsLogin(door_, LoginOutcome::kUntrusted);
  }
}

}  // namespace rds_csi
