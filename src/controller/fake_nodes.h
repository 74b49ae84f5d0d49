// SPDX-License-Identifier: Apache-2.0
// The cluster's nodes, for tests: everybody is there but those who are said to be gone.
#ifndef RDS_CSI_CONTROLLER_FAKE_NODES_H_
#define RDS_CSI_CONTROLLER_FAKE_NODES_H_

#include <set>
#include <string>

#include "base/status.h"
#include "controller/controller.h"

namespace rds_csi {

class FakeNodes final : public NodeRegistry {
 public:
  absl::StatusOr<bool> Exists(const NodeId& node, absl::Time) override {
    ++calls;
    if (silent) return Error(absl::StatusCode::kUnavailable, "the API server does not answer");
    return !gone.contains(node.str());
  }

  std::set<std::string> gone;
  bool silent = false;
  int calls = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_FAKE_NODES_H_
