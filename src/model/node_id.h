// SPDX-License-Identifier: Apache-2.0
// A Kubernetes node's name, as NodeGetInfo answers it and as the ledger keeps it.
#ifndef RDS_CSI_MODEL_NODE_ID_H_
#define RDS_CSI_MODEL_NODE_ID_H_

#include <compare>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace rds_csi {

// [A-Za-z0-9][A-Za-z0-9._-]*, at most 192 characters (CSI: a node id stays below 256 bytes; the
// ledger must hold two of them).
class NodeId {
 public:
  // INVALID_ARGUMENT naming the offending text.
  static absl::StatusOr<NodeId> Parse(std::string_view text);

  const std::string& str() const { return id_; }

  friend auto operator<=>(const NodeId&, const NodeId&) = default;

 private:
  explicit NodeId(std::string id) : id_(std::move(id)) {}
  std::string id_;
};

// The installation's own name: [A-Za-z0-9][A-Za-z0-9._-]*, at most 64 characters. Two clusters that
// share an RDS must differ in it. INVALID_ARGUMENT naming the offending text.
absl::StatusOr<std::string> ParseClusterId(std::string_view text);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_NODE_ID_H_
