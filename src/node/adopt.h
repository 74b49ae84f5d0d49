// SPDX-License-Identifier: Apache-2.0
// What a starting plugin makes of what it finds: records of an earlier life, connections without a
// record, anchors without a volume.
#ifndef RDS_CSI_NODE_ADOPT_H_
#define RDS_CSI_NODE_ADOPT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/node.h"
#include "nvme/link.h"

namespace rds_csi {

// Once, before the keeper runs:
//   - a record that was made under another boot of this machine goes, if nothing of it is left;
//   - a volume that is connected as ours, but has no record (of the former driver, of a version
//     before records), gets one where it is certain how it was staged: kubelet's own vol_data.json
//     beside one staging path names this volume, and that is where its device is mounted or
//     recorded;
//   - what else is connected as ours, or is an anchor, is disconnected when nobody has it open,
//     nothing is mounted and no record claims it; and reported when it is in use;
//   - a connection of somebody else to an NQN of our shape is reported and left alone.
// The errors are those of looking; what cannot be cleaned is reported.
absl::Status AdoptStaged(const Node& node, absl::Time deadline);

// The record of a connected volume that has none; none when it is not certain how it was staged.
std::optional<StagedVolume> Reconstruct(const Node& node, const VolumeId& id, const Link& link);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_ADOPT_H_
