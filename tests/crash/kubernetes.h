// SPDX-License-Identifier: Apache-2.0
// The callers: kubelet, external-provisioner, -attacher and -resizer. What they believe after an
// answer decides what they ever ask for again: a code that says "surely nothing was done" makes
// them forget (docs/decisions/0005).
#ifndef RDS_CSI_TESTS_CRASH_KUBERNETES_H_
#define RDS_CSI_TESTS_CRASH_KUBERNETES_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "belief.h"
#include "scenario.h"

namespace rds_csi::world::crash {

class World;

class Kubernetes {
 public:
  explicit Kubernetes(World& world) : world_(world) {}  // which outlives this

  // Asks once.
  absl::Status Ask(const Step& step);

  // Takes a step of a story: asks until it is granted, at most 12 times, with 1 s to 1 min between;
  // what is to be refused is asked for once. What was not as it should be is told to the world.
  void Follow(const Step& step);

  // The pod is deleted, then its claim, in a world where nothing is out of order any more: takes
  // back all that may be there.
  void TearDown();

 private:
  void EndTrouble();
  void Insist(const Step& step);
  void StageAgain(int worker);
  void Note(const Step& step, const absl::Status& answer);
  Belief& BeliefIn(const Step& step);
  bool Believes(const Step& step) { return BeliefIn(step) != Belief::kNo; }

  World& world_;
  std::map<std::string, Belief> beliefs_;
};

}  // namespace rds_csi::world::crash

#endif  // RDS_CSI_TESTS_CRASH_KUBERNETES_H_
