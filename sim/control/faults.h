// SPDX-License-Identifier: Apache-2.0
// Trouble on demand: what tests tell rds-sim to do to the next commands.
#ifndef RDS_CSI_SIM_CONTROL_FAULTS_H_
#define RDS_CSI_SIM_CONTROL_FAULTS_H_

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rds_csi::sim {

enum class Door { kRest, kSsh };

std::string_view NameOf(Door door);

struct Fault {
  enum class Action {
    kError,       // answer `text` as RouterOS's error, do nothing
    kDelay,       // wait, then do it
    kDropBefore,  // close the connection, do nothing
    kDropAfter,   // do it, then close the connection
    kGarbage,     // answer `text` as it is, do nothing
  };

  Action action = Action::kError;
  std::string match;         // found anywhere in "/disk/add comment=… slot=…"; empty: every command
  std::optional<Door> door;  // none: both
  std::string text;
  std::chrono::milliseconds wait{0};  // before the action
  uint64_t skip = 0;                  // let that many matching commands pass first
  uint64_t times = 1;                 // then strike that often
};

// Thread-safe.
class Faults {
 public:
  void Add(Fault fault);
  void Clear();
  std::vector<Fault> Pending() const;

  // The fault that strikes this command, used up by one; none for most commands.
  std::optional<Fault> Take(Door door, const std::string& command);

 private:
  mutable std::mutex mutex_;
  std::list<Fault> faults_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_CONTROL_FAULTS_H_
