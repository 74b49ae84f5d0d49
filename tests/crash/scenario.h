// SPDX-License-Identifier: Apache-2.0
// Stories of one volume, as data: what Kubernetes asks for, in which order, and what happens in the
// world around.
#ifndef RDS_CSI_TESTS_CRASH_SCENARIO_H_
#define RDS_CSI_TESTS_CRASH_SCENARIO_H_

#include <ostream>
#include <string>
#include <vector>

#include "claim.h"
#include "rds/fence.h"
#include "verb.h"

namespace rds_csi::world::crash {

// Whether the calls of this verb are disturbed: not what happens around them.
bool IsDisturbed(Verb verb);

struct Step {
  Verb verb;
  int worker = 1;
  int place = 1;         // the pod: which of the places the volume is published at
  bool refused = false;  // asked for once, and not to be granted now
};

// "NodePublishVolume on worker-1 at place 2".
std::string Shown(const Step& step);

struct Scenario {
  std::string name;
  std::string fs_type;     // empty: a block volume
  int anchor_seconds = 0;  // 0: no anchors
  bool shared = false;     // block RWX
  bool read_only = false;
  RosBehaviour behaviour;
  std::vector<Step> steps;

  Claim claim() const;
};

const std::vector<Scenario>& AllScenarios();

void PrintTo(const Scenario& scenario, std::ostream* stream);  // its name, for GoogleTest

}  // namespace rds_csi::world::crash

#endif  // RDS_CSI_TESTS_CRASH_SCENARIO_H_
