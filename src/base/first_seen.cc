// SPDX-License-Identifier: Apache-2.0
#include "base/first_seen.h"

namespace rds_csi {

absl::Time FirstSeen::Note(const std::string& what, absl::Time now) {
  Entry& entry = entries_.try_emplace(what, Entry{.first = now}).first->second;
  entry.noted = true;
  return entry.first;
}

void FirstSeen::EndRound() {
  std::erase_if(entries_, [](const auto& item) { return !item.second.noted; });
  for (auto& [what, entry] : entries_) entry.noted = false;
}

}  // namespace rds_csi
