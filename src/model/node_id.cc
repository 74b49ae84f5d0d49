// SPDX-License-Identifier: Apache-2.0
#include "model/node_id.h"

#include "base/status.h"
#include "model/name.h"

namespace rds_csi {
namespace {

constexpr size_t kLongestNodeId = 192;
constexpr size_t kLongestClusterId = 64;

}  // namespace

absl::StatusOr<NodeId> NodeId::Parse(std::string_view text) {
  RETURN_IF_ERROR(CheckName(text, "node id", kLongestNodeId));
  return NodeId(std::string(text));
}

absl::StatusOr<std::string> ParseClusterId(std::string_view text) {
  RETURN_IF_ERROR(CheckName(text, "cluster id", kLongestClusterId));
  return std::string(text);
}

}  // namespace rds_csi
