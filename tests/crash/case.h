// SPDX-License-Identifier: Apache-2.0
// One case of the matrix: a story that is disturbed at one place, and what comes after it.
#ifndef RDS_CSI_TESTS_CRASH_CASE_H_
#define RDS_CSI_TESTS_CRASH_CASE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "disturbance.h"
#include "scenario.h"
#include "world.h"

namespace rds_csi::world::crash {

// What the callers do when the disturbed call has come back.
enum class Then {
  kRetry,   // they go on: the same call until it succeeds, then the rest of the story
  kGiveUp,  // the pod and its claim are deleted
};
std::string_view NameOf(Then then);

struct Case {
  const Scenario* scenario;
  size_t step;    // of the scenario
  size_t effect;  // of the step's call, counted from 1; 0: of the call as a whole
  std::string line;
  Disturbance disturbance;
  Then then;
};

// "Ext4/5-NodeStageVolume/12/killed/retry": what CRASH_CASE picks it by.
std::string NameOf(const Case& one);

// The same story, undisturbed.
struct Baseline {
  std::vector<std::vector<Effect>> effects;  // of each step
  std::vector<std::string> after;            // each step, once the keepers have done their work
  std::vector<std::string> breaches;
};
Baseline Record(const Scenario& scenario);

// Every case of a scenario, in order.
std::vector<Case> CasesOf(const Scenario& scenario, const Baseline& baseline, Then then);

// What was not as it must be, a line or more each; nothing: all is well.
std::vector<std::string> BreachesOf(const Case& one, const Baseline& baseline);

}  // namespace rds_csi::world::crash

#endif  // RDS_CSI_TESTS_CRASH_CASE_H_
