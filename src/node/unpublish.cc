// SPDX-License-Identifier: Apache-2.0
#include "node/unpublish.h"

#include <fmt/format.h>

#include "base/status.h"
#include "node/mounting.h"
#include "node/target_path.h"

namespace rds_csi {

absl::StatusOr<Warnings> UnpublishVolume(const Node& node, const UnpublishRequest& request,
                                         absl::Time deadline) {
  const Host& host = node.host;
  RETURN_IF_ERROR(
      CheckInsideKubeletDirectory(host.files, node.config.kubelet_dir, request.target_path));
  RETURN_IF_ERROR(UnmountAll(host, request.target_path, deadline));
  const absl::Status removed = RemoveTarget(host.files, request.target_path);
  if (removed.ok()) return Warnings{};
  return Warnings{fmt::format("unmounted, but the target stays: {}", Message(removed))};
}

}  // namespace rds_csi
