// SPDX-License-Identifier: Apache-2.0
// Stories of one volume, as data: what Kubernetes asks for, in which order, and what happens in the
// world around.
#ifndef RDS_CSI_TESTS_CRASH_SCENARIO_H_
#define RDS_CSI_TESTS_CRASH_SCENARIO_H_

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "rds/fence.h"

namespace rds_csi::crash {

enum class Verb {
  // The calls of the controller,
  kCreate,
  kAttach,
  kExpand,
  kDetach,
  kDelete,
  // of a node,
  kStage,
  kPublish,
  kExpandOnNode,
  kUsage,
  kHealth,
  kUnpublish,
  kUnstage,
  // and what the plugins do unasked.
  kStartNode,  // a node plugin starts and looks at what an earlier one left
  kKeep,       // its keeper looks after the volume
  kReconcile,
  // What happens around them, and is never disturbed itself.
  kWrite,        // the pod writes and does not sync
  kOpen,         // a process opens the device
  kClose,        // and closes it
  kUnplug,       // the network of a worker is gone
  kPlug,         // and there again
  kGiveUp,       // the kernel gives the connections of a worker up
  kRemoveNode,   // the Node object of a worker is deleted
  kAddNode,      // and there again
  kWaitForLong,  // a quarter of an hour passes, and the keepers do their work
};

// "NodeStageVolume", "keeper" …: of events, what happens.
std::string_view NameOf(Verb verb);

bool IsDisturbed(Verb verb);
bool IsOfNode(Verb verb);

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

  bool block() const { return fs_type.empty(); }
};

const std::vector<Scenario>& AllScenarios();

void PrintTo(const Scenario& scenario, std::ostream* stream);  // its name, for GoogleTest

}  // namespace rds_csi::crash

#endif  // RDS_CSI_TESTS_CRASH_SCENARIO_H_
