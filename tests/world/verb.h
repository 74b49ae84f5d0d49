// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_TESTS_WORLD_VERB_H_
#define RDS_CSI_TESTS_WORLD_VERB_H_

#include <string_view>

namespace rds_csi::world {

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
  // What happens around them.
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

bool IsOfNode(Verb verb);

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_VERB_H_
