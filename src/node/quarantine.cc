// SPDX-License-Identifier: Apache-2.0
#include "node/quarantine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "node/node.h"

namespace rds_csi {

std::vector<int> Quarantine::ProcessesOf(const absl::Status& result) {
  std::vector<int> left = exec_.LeftBehind();
  const std::string words = Message(result);
  // Exec's words name the process. What an error on its way up took away does not free the volume.
  std::vector<int> named;
  for (const int process : left) {
    if (words.find(fmt::format("(process {})", process)) != std::string::npos) {
      named.push_back(process);
    }
  }
  return named.empty() ? left : named;
}

absl::Status Quarantine::Check(const VolumeId& id) {
  const std::lock_guard lock(mutex_);
  const auto found = stuck_.find(id);
  if (found == stuck_.end()) return absl::OkStatus();
  const std::vector<int> left = exec_.LeftBehind();
  std::erase_if(found->second.processes,
                [&left](int process) { return std::ranges::find(left, process) == left.end(); });
  if (found->second.processes.empty()) {
    stuck_.erase(found);
    return absl::OkStatus();
  }
  return absl::AbortedError(
      fmt::format("volume {} is in quarantine until a program that is stuck on it ends: {}",
                  id.str(), found->second.reason));
}

bool Quarantine::Note(const VolumeId& id, const absl::Status& result) {
  if (!absl::IsAborted(result)) return false;
  const std::lock_guard lock(mutex_);
  std::vector<int> processes = ProcessesOf(result);
  if (processes.empty()) return false;  // it has ended meanwhile
  return stuck_.insert_or_assign(id, Stuck{std::move(processes), Message(result)}).second;
}

absl::Status Guarded(const Node& node, const VolumeId& id, absl::FunctionRef<absl::Status()> act) {
  RETURN_IF_ERROR(node.quarantine.Check(id));
  const absl::Status result = act();
  if (node.quarantine.Note(id, result)) {
    Tell(node, Reason::kQuarantined, id.str(),
         fmt::format("{}; nothing more is tried on this volume until that program ends, which it "
                     "does when its I/O does: when the RDS is back, or the anchor's time is over",
                     Message(result)));
  }
  return result;
}

}  // namespace rds_csi
