// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_NODE_EXPAND_H_
#define RDS_CSI_NODE_EXPAND_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/capacity.h"
#include "model/volume_id.h"
#include "node/node.h"

namespace rds_csi {

struct ExpandRequest {
  VolumeId id;
  std::string volume_path;  // where it is published or staged
  CapacityRange range;
};

// NodeExpandVolume: waits until the device has the required size, then grows the anchor, and then
// the filesystem if there is one. Answers the measured size of the device in bytes. Grown already:
// OK. NOT_FOUND: not at `volume_path`, or not connected. UNAVAILABLE: the device has not grown in
// time.
absl::StatusOr<int64_t> ExpandOnNode(const Node& node, const ExpandRequest& request,
                                     absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_EXPAND_H_
