// SPDX-License-Identifier: Apache-2.0
// The verbs of controller and node, called as csi/controller_service.cc and csi/node_service.cc
// call them: under the volume's lock, with a deadline.
#ifndef RDS_CSI_TESTS_WORLD_CALLS_H_
#define RDS_CSI_TESTS_WORLD_CALLS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "claim.h"
#include "controller_process.h"
#include "machine.h"
#include "verb.h"

namespace rds_csi::world {

struct Call {
  Verb verb;
  Claim& claim;
  int worker;        // of a node's call, and of an attachment: its number
  Machine& machine;  // and the machine
  int place = 1;
  int64_t size_bytes = kGrownSize;  // of the two expansions
  absl::Time deadline;
};

// What the caller is answered; kCreate to kDelete. What a call brings back (contexts) is kept in
// the claim, as Kubernetes keeps it.
absl::Status CallController(ControllerProcess& process, const Call& call);

// Likewise kStage to kUnstage. A volume whose usage or health is not in order is UNAVAILABLE.
absl::Status CallNode(const Call& call);

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_CALLS_H_
