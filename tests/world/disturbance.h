// SPDX-License-Identifier: Apache-2.0
// What can go wrong at one effect.
#ifndef RDS_CSI_TESTS_WORLD_DISTURBANCE_H_
#define RDS_CSI_TESTS_WORLD_DISTURBANCE_H_

#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "claim.h"
#include "effect.h"
#include "verb.h"

namespace rds_csi::world {

class Site;

enum class Disturbance {
  kKilled,        // the plugin is killed right before it
  kAnswerLost,    // the plugin is killed after the last one, before it answers
  kFails,         // it does not happen, and the plugin learns that: EIO, UNAVAILABLE
  kDoneButFails,  // it happens, and the plugin hears of a failure
  kTimesOut,      // it does not happen until the deadline has passed
  kDoneTimesOut,  // it happens, and the deadline passes before the plugin hears of it
  kPowerLost,     // the machine loses its power right before it
};
inline constexpr int kDisturbances = 7;

// "killed", "fails" …: one word.
std::string_view NameOf(Disturbance disturbance);

// What can happen to `effect` of `verb`; kAnswerLost is of a whole call, and not among them.
std::vector<Disturbance> DisturbancesOf(Verb verb, const Effect& effect);

// The call that is disturbed.
struct Disturbed {
  const Claim& claim;
  Clock& controller_clock;
  absl::Time deadline;
};

// Lets it happen to `effect`, which is about to be made. Throws Killed or PowerLost.
void Disturb(Site& site, const Effect& effect, Disturbance disturbance, const Disturbed& call);

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_DISTURBANCE_H_
