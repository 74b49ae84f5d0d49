// SPDX-License-Identifier: Apache-2.0
// How a volume stands on this node: the one source for NodeGetVolumeHealth, NodeGetStorageHealth,
// the condition of NodeGetVolumeStats and the metrics. It is read from records, sysfs and
// mountinfo; nothing here touches a volume's filesystem or waits for the RDS.
#ifndef RDS_CSI_NODE_HEALTH_H_
#define RDS_CSI_NODE_HEALTH_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/volume_id.h"
#include "node/node.h"
#include "nvme/link.h"
#include "observe/staged_state.h"

namespace rds_csi {

// One thing that is not in order.
struct Finding {
  enum class Severity {
    kDegraded,      // usable, or only waiting
    kInaccessible,  // I/O fails
  };
  Severity severity = Severity::kDegraded;
  std::string reason;   // one word: kConnectionLost, "StaleMount", "NoAnchor" …
  std::string message;  // a sentence, with what to do
};

inline constexpr std::string_view kConnectionLost = "ConnectionLost";
inline constexpr std::string_view kDeviceGone = "DeviceGone";

struct HealthRequest {
  VolumeId id;
  std::string staging_path;  // may be empty, as the one below
  std::string publish_path;
};

// In order: none. NOT_FOUND: the volume is not on this node.
absl::StatusOr<std::vector<Finding>> GetVolumeHealth(const Node& node, const HealthRequest& request,
                                                     absl::Time deadline);

// What the volume's connection and lifeline have to say, as far as the kernel shows them.
std::vector<Finding> JudgeConnection(const StagedVolume& volume, const Link& link);

// What mountinfo shows at `path`; none when it is in order, or the check failed (STL-2).
std::optional<Finding> JudgePath(const Node& node, const VolumeId& id, const std::string& path,
                                 absl::Time deadline);

// One finding for each address of an RDS that no volume of this node, or not every one, is
// connected to.
struct StorageFinding {
  bool unreachable = false;  // no volume; false: only some
  std::string message;
};
absl::StatusOr<std::vector<StorageFinding>> GetStorageHealth(const Node& node);

// For the metrics: every staged volume.
std::vector<StagedState> GetStagedStates(const Node& node);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_HEALTH_H_
