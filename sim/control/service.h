// SPDX-License-Identifier: Apache-2.0
// What both doors call: the router with everything around it that tests turn on and off. One
// round trip is one REST request or one SSH exec; it has one command or several.
#ifndef RDS_CSI_SIM_CONTROL_SERVICE_H_
#define RDS_CSI_SIM_CONTROL_SERVICE_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "sim/control/counters.h"
#include "sim/control/faults.h"
#include "sim/router/router.h"
#include "sim/router/switches.h"

namespace rds_csi::sim {

struct User {
  std::string name;
  std::string password;
};

// Thread-safe.
class Service {
 public:
  Service(Router& router, Switches& switches, User user);

  Router& router() { return router_; }
  Switches& switches() { return switches_; }
  Faults& faults() { return faults_; }
  Counters& counters() { return counters_; }
  const User& user() const { return user_; }

  // Counts the login, too.
  bool PasswordLogin(Door door, const std::string& name, const std::string& password);

  // Counts and takes the injected time. Call it once for each request or exec.
  void RoundTrip(Door door);
  // Checks the policy, then lets faults and the router do their work. Errors: router/trap.h.
  absl::StatusOr<Reply> Execute(Door door, const Command& command);

  void SetLatency(std::chrono::milliseconds round_trip, std::chrono::milliseconds command);
  // false: the user loses the `write` policy.
  void SetMayWrite(bool may_write) { may_write_ = may_write; }
  // Ends every injected wait; from now on there are none.
  void Stop();

 private:
  void Wait(std::chrono::milliseconds time);
  absl::StatusOr<Reply> Run(const Command& command);

  Router& router_;
  Switches& switches_;
  const User user_;
  Faults faults_;
  Counters counters_;
  std::atomic<bool> may_write_{true};
  std::atomic<int64_t> round_trip_ms_{0};
  std::atomic<int64_t> command_ms_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONTROL_SERVICE_H_
