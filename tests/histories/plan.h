// SPDX-License-Identifier: Apache-2.0
// A history before it happens, as data: what there is, and what users do and what goes wrong, each
// at its time. It follows from a seed; it can be printed, shortened and played again.
#ifndef RDS_CSI_TESTS_HISTORIES_PLAN_H_
#define RDS_CSI_TESTS_HISTORIES_PLAN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rds/fence.h"

namespace rds_csi::world::histories {

enum class Kind {
  // What users do.
  kCreateClaim,
  kStartPod,  // on `worker` at `place`
  kStopPod,
  kDeleteClaim,
  kGrow,
  kMigrate,  // from where it is to `worker`: another pod, then the first ends (RWX), or the other
             // way round
  kDrain,    // of `worker`: its pods go to the next one
  // What happens to processes: `number` is which of their next effects, 0: now.
  kKillNode,
  kKillController,
  kDisturbNode,  // `choice`: which of the disturbances that there are for this effect
  kDisturbController,
  // What happens to machines and networks, for `seconds`.
  kPowerLoss,
  kNodeGone,  // its Node object; the machine goes on
  kUnplug,
  kRdsReboot,
  kSlowRds,
  kControllerCut,
  kApiAway,
  kCacheLags,     // of the controllers, behind the API server
  kOpen,          // a process of `worker` has the devices open that are there
  kGiveUp,        // a kernel gives up all connections that are not live
  kRenumber,      // the next devices of `worker` get other numbers
  kLateCommand,   // a command times out, and is carried out `seconds` later
  kSecondLeader,  // for `seconds` another controller leads, too
  // What people do on the RDS, until they mend it `seconds` later.
  kHandUnexport,
  kHandAdmitAll,
  kHandComment,
  kHandRemoveDisk,
  kHandRemoveFile,
  kHandForeignDisk,
  kPoolFull,
};
inline constexpr int kKinds = static_cast<int>(Kind::kPoolFull) + 1;

std::string_view NameOf(Kind kind);
bool IsFault(Kind kind);

struct Event {
  int at = 0;  // seconds from the start
  Kind kind = Kind::kCreateClaim;
  int volume = 1;
  int worker = 1;
  int place = 1;
  int seconds = 0;
  int number = 0;
  int choice = 0;
};
// "kill node plugin, worker-2, at its effect 7".
std::string Shown(const Event& event);

struct Shape {
  std::string fs_type;  // empty: block
  bool shared = false;
};

struct Plan {
  uint64_t seed = 0;
  int workers = 2;
  int anchor_seconds = 0;
  RosBehaviour behaviour;
  std::vector<Shape> volumes;
  std::vector<Event> events;  // in the order of their times
};
Plan PlanOf(uint64_t seed);
// Of all but the events: one line.
std::string Shown(const Plan& plan);

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_PLAN_H_
