// SPDX-License-Identifier: Apache-2.0
// What must hold at every moment, whoever was killed where. What is broken is told to the world.
#ifndef RDS_CSI_TESTS_CRASH_INVARIANTS_H_
#define RDS_CSI_TESTS_CRASH_INVARIANTS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "host/mounts.h"
#include "scenario.h"

namespace rds_csi::crash {

class World;

class Invariants {
 public:
  explicit Invariants(World& world) : world_(world) {}  // which outlives this

  // The RDS exports a volume that is attached to nobody to nobody, and any other to exactly those
  // that its ledger names: one, or two that both share it. No attachment ever has the number of an
  // earlier one, and no volume goes while it is attached.
  void CheckRds();

  // No mount is stacked on another, and every session is one that the RDS admits.
  void CheckMachine(int worker);

  // What is about to be done may be done:
  //   mkfs      on a blank device, or over an mkfs of the same attachment that was not seen to
  //             succeed, and never once it was mounted
  //   delete    of a connection to the RDS that nobody uses, or of an older attachment
  //   removal   of nothing that lies inside of a mounted volume
  void CheckAct(int worker, const std::string& line);

  // A call never answers what would leave its caller in the dark, nothing that was written got lost
  // while its attachment held, and no pages of one attachment were written by another.
  void CheckAfter(const Step& step, const absl::Status& answer);

  // The machine has lost its power: what it had not written is lost.
  void ForgetPages(int worker);

 private:
  void CheckGone();
  void CheckAttachments(const std::set<int64_t>& generations);
  void CheckFormat(int worker, const std::string& line);
  void CheckDisconnect(int worker, const std::string& line);
  void CheckRemoval(int worker, const std::string& line);
  void CheckAnswer(const Step& step, const absl::Status& answer);
  void CheckPages(int worker);
  std::string DeviceUserAt(int worker);

  World& world_;
  std::set<int64_t> attached_;  // generations
  std::set<int64_t> detached_;
  std::string formatted_by_;            // host NQN of an mkfs that may be unfinished
  std::map<int, size_t> journal_seen_;  // by worker: so many lines
};

// Whether the RDS admits this host to the volume now.
bool IsAdmitted(World& world, const std::string& host_nqn);

}  // namespace rds_csi::crash

#endif  // RDS_CSI_TESTS_CRASH_INVARIANTS_H_
