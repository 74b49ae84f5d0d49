// SPDX-License-Identifier: Apache-2.0
// vol_data.json, which kubelet leaves beside the mounts of a CSI volume (pkg/volume/csi/csi_util.go
// of Kubernetes): one JSON object of strings.
#ifndef RDS_CSI_NODE_VOL_DATA_H_
#define RDS_CSI_NODE_VOL_DATA_H_

#include <optional>
#include <string>
#include <string_view>

namespace rds_csi {

// The id of the volume that it is about; none: it is nothing that kubelet wrote.
std::optional<std::string> VolumeHandleIn(std::string_view vol_data);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_VOL_DATA_H_
