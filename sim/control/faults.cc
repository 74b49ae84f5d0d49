// SPDX-License-Identifier: Apache-2.0
#include "sim/control/faults.h"

namespace rds_csi::sim {

std::string_view NameOf(Door door) { return door == Door::kRest ? "rest" : "ssh"; }

void Faults::Add(Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
}

void Faults::Clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

std::vector<Fault> Faults::Pending() const {
  const std::lock_guard lock(mutex_);
  return {faults_.begin(), faults_.end()};
}

std::optional<Fault> Faults::Take(Door door, const std::string& command) {
  const std::lock_guard lock(mutex_);
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    if (fault->door.value_or(door) != door) continue;
    if (command.find(fault->match) == std::string::npos) continue;
    if (fault->skip > 0) {
      --fault->skip;
      continue;
    }
    Fault taken = *fault;
    if (--fault->times == 0) faults_.erase(fault);
    return taken;
  }
  return std::nullopt;
}

}  // namespace rds_csi::sim
