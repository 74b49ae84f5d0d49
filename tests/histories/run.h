// SPDX-License-Identifier: Apache-2.0
// A history from beginning to end.
#ifndef RDS_CSI_TESTS_HISTORIES_RUN_H_
#define RDS_CSI_TESTS_HISTORIES_RUN_H_

#include <string>
#include <vector>

#include "plan.h"
#include "story.h"

namespace rds_csi::world::histories {

struct Outcome {
  std::vector<std::string> breaches;  // the first one matters
  std::vector<std::string> lines;     // the timeline, if it was wanted
  Counts counts;
};

// Plays the plan. When everything is over and some quiet has passed, what users want must be so;
// then all is deleted, and after some more quiet nothing must be left.
Outcome Play(const Plan& plan, bool told = false);

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_RUN_H_
