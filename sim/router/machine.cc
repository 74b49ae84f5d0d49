// SPDX-License-Identifier: Apache-2.0
#include "sim/router/machine.h"

namespace rds_csi::sim {

std::string FileIds::IdOf(const std::string& path) {
  const auto [entry, added] = ids_.try_emplace(path, next_);
  if (added) paths_[next_++] = path;
  return FormatId(entry->second);
}

std::string FileIds::PathOf(uint64_t id) const {
  const auto found = paths_.find(id);
  return found == paths_.end() ? std::string() : found->second;
}

void FileIds::Forget(const std::string& path) {
  const auto found = ids_.find(path);
  if (found == ids_.end()) return;
  paths_.erase(found->second);
  ids_.erase(found);
}

}  // namespace rds_csi::sim
