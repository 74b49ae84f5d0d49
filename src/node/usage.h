// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_NODE_USAGE_H_
#define RDS_CSI_NODE_USAGE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fs/usage.h"
#include "model/volume_id.h"
#include "node/node.h"
#include "observe/staged_state.h"

namespace rds_csi {

struct UsageRequest {
  VolumeId id;
  std::string volume_path;
};

struct VolumeUsage {
  std::optional<Usage> filesystem;     // of a mount volume
  std::optional<int64_t> block_bytes;  // of a block volume: its size
  std::string abnormal;  // why it is not in order; empty when it is, and then one above is set
  Survival survives_by = Survival::kRecovery;  // a connection that the kernel gives up
};

// NodeGetVolumeStats. A stale mount has no usage, and `abnormal` says why; nothing is recovered
// from here (STL-5). NOT_FOUND: the volume is not at that path.
absl::StatusOr<VolumeUsage> GetVolumeUsage(const Node& node, const UsageRequest& request,
                                           absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_USAGE_H_
