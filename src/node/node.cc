// SPDX-License-Identifier: Apache-2.0
#include "node/node.h"

#include "base/text.h"

namespace rds_csi {

void Tell(const Node& node, Reason reason, const StagedVolume& volume, const std::string& message) {
  node.reporter.Tell({.reason = reason,
                      .volume_id = volume.id.str(),
                      .node_id = node.config.node.str(),
                      .claim = volume.claim,
                      .message = message});
}

void Tell(const Node& node, Reason reason, const std::string& volume_id,
          const std::string& message) {
  node.reporter.Tell({.reason = reason,
                      .volume_id = volume_id,
                      .node_id = node.config.node.str(),
                      .claim = {},
                      .message = message});
}

std::string BootId(Files& files) {
  const absl::StatusOr<std::string> id = files.Read("/proc/sys/kernel/random/boot_id");
  return id.ok() ? std::string(Trim(*id)) : std::string();
}

}  // namespace rds_csi
