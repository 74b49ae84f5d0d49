// SPDX-License-Identifier: Apache-2.0
#include "sim/control/counters.h"

namespace rds_csi::sim {

void Counters::RoundTrip(Door door) {
  const std::lock_guard lock(mutex_);
  ++values_.round_trips;
  ++values_.round_trips_by_door[std::string(NameOf(door))];
}

void Counters::Ran(const std::string& command) {
  const std::lock_guard lock(mutex_);
  ++values_.commands[command];
}

void Counters::Login(Door door, bool accepted) {
  const std::lock_guard lock(mutex_);
  ++(accepted ? values_.logins : values_.rejected_logins)[std::string(NameOf(door))];
}

CounterValues Counters::Read() const {
  const std::lock_guard lock(mutex_);
  return values_;
}

void Counters::Reset() {
  const std::lock_guard lock(mutex_);
  values_ = CounterValues();
}

}  // namespace rds_csi::sim
