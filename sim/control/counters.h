// SPDX-License-Identifier: Apache-2.0
// What happened, for tests and benchmarks: round trips, commands by kind, logins by door.
#ifndef RDS_CSI_SIM_CONTROL_COUNTERS_H_
#define RDS_CSI_SIM_CONTROL_COUNTERS_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "sim/control/faults.h"

namespace rds_csi::sim {

struct CounterValues {
  uint64_t round_trips = 0;  // one REST request or one SSH exec
  std::map<std::string, uint64_t> round_trips_by_door;
  std::map<std::string, uint64_t> commands;  // by "/disk/add"
  std::map<std::string, uint64_t> logins;    // REST: connections that showed a good password
  std::map<std::string, uint64_t> rejected_logins;
};

// Thread-safe.
class Counters {
 public:
  void RoundTrip(Door door);
  void Ran(const std::string& command);
  void Login(Door door, bool accepted);

  CounterValues Read() const;
  void Reset();

 private:
  mutable std::mutex mutex_;
  CounterValues values_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONTROL_COUNTERS_H_
