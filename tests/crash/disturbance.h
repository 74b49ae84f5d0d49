// SPDX-License-Identifier: Apache-2.0
// What can go wrong at one effect.
#ifndef RDS_CSI_TESTS_CRASH_DISTURBANCE_H_
#define RDS_CSI_TESTS_CRASH_DISTURBANCE_H_

#include <string_view>
#include <vector>

#include "scenario.h"
#include "world.h"

namespace rds_csi::crash {

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

// Lets it happen to `effect`, which is about to be made.
void Disturb(World& world, const Effect& effect, Disturbance disturbance);

}  // namespace rds_csi::crash

#endif  // RDS_CSI_TESTS_CRASH_DISTURBANCE_H_
