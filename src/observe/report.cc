// SPDX-License-Identifier: Apache-2.0
#include "observe/report.h"

#include <array>
#include <utility>

#include "base/log.h"

namespace rds_csi {
namespace {

struct About {
  Reason reason;
  std::string_view name;
  bool event;
  bool warning;
};

// In the order of the enumeration.
constexpr std::array kAbout = {
    About{Reason::kVolumeAttached, "VolumeAttached", true, false},
    About{Reason::kVolumeDetached, "VolumeDetached", true, false},
    About{Reason::kAttachmentConflict, "AttachmentConflict", true, true},
    About{Reason::kStaleAttachmentCleared, "StaleAttachmentCleared", true, true},
    About{Reason::kMigrationStarted, "MigrationStarted", true, false},
    About{Reason::kMigrationCompleted, "MigrationCompleted", true, false},
    About{Reason::kMigrationFailed, "MigrationFailed", true, true},
    About{Reason::kMountFailure, "MountFailure", true, true},
    About{Reason::kStaleMountDetected, "StaleMountDetected", true, true},
    About{Reason::kRecoveryFailed, "RecoveryFailed", true, true},
    About{Reason::kConnectionFailure, "ConnectionFailure", true, true},
    About{Reason::kConnectionRecovery, "ConnectionRecovery", true, false},
    About{Reason::kOrphanDetected, "OrphanDetected", true, true},
    About{Reason::kOrphanCleaned, "OrphanCleaned", true, false},
    About{Reason::kStaleMountRecovered, "StaleMountRecovered", false, false},
    About{Reason::kDisagreement, "Disagreement", false, true},
    About{Reason::kFenceSet, "FenceSet", false, false},
    About{Reason::kSessionsCutOff, "SessionsCutOff", false, false},
    About{Reason::kAnchorMade, "AnchorMade", false, false},
    About{Reason::kAnchorFailed, "AnchorFailed", false, true},
    About{Reason::kPatienceExhausted, "PatienceExhausted", false, true},
    About{Reason::kQuarantined, "Quarantined", false, true},
    About{Reason::kFileLeft, "FileLeft", false, true},
};

const About& AboutOf(Reason reason) { return kAbout.at(static_cast<size_t>(reason)); }

}  // namespace

const std::vector<Reason>& AllReasons() {
  static const std::vector<Reason> kAll = [] {
    std::vector<Reason> all;
    for (const About& about : kAbout) all.push_back(about.reason);
    return all;
  }();
  return kAll;
}

std::string_view NameOf(Reason reason) { return AboutOf(reason).name; }
bool IsKubernetesEvent(Reason reason) { return AboutOf(reason).event; }
bool IsWarning(Reason reason) { return AboutOf(reason).warning; }

ClaimName ClaimIn(const std::map<std::string, std::string>& volume_context) {
  const auto value = [&](const char* key) {
    const auto found = volume_context.find(key);
    return found == volume_context.end() ? std::string() : found->second;
  };
  return {.name_space = value("csi.storage.k8s.io/pvc/namespace"),
          .name = value("csi.storage.k8s.io/pvc/name")};
}

Reporters::Reporters(std::vector<Reporter*> reporters, const std::vector<Reporter*>& more)
    : reporters_(std::move(reporters)) {
  reporters_.insert(reporters_.end(), more.begin(), more.end());
}

void Reporters::Tell(const Report& report) {
  for (Reporter* reporter : reporters_) reporter->Tell(report);
}

void LogReporter::Tell(const Report& report) {
  LogFields fields = {{"reason", std::string(NameOf(report.reason))}};
  if (!report.volume_id.empty()) fields.emplace_back("volume_id", report.volume_id);
  if (!report.node_id.empty()) fields.emplace_back("node_id", report.node_id);
  if (!report.claim.name.empty()) {
    fields.emplace_back("claim", report.claim.name_space + "/" + report.claim.name);
  }
  fields.emplace_back("text", report.message);
  Log(IsWarning(report.reason) ? LogLevel::kWarning : LogLevel::kInfo, "report", fields);
}

}  // namespace rds_csi
