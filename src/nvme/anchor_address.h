// SPDX-License-Identifier: Apache-2.0
// Where the anchors of this machine listen (anchor.h), and by that how their controllers are told
// from those to the RDS.
#ifndef RDS_CSI_NVME_ANCHOR_ADDRESS_H_
#define RDS_CSI_NVME_ANCHOR_ADDRESS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "nvme/subsystem.h"

namespace rds_csi {

inline constexpr std::string_view kAnchorAddress = "127.0.0.1";
inline constexpr uint16_t kAnchorPort = 4499;

// Whether a controller's address, as sysfs gives it, is that of the anchors.
bool IsAnchorAddress(std::string_view address);

bool IsAnchor(const NvmeController& controller);

// The controllers that are no anchor: those to the RDS.
std::vector<NvmeController> WithoutAnchors(const std::vector<NvmeController>& controllers);

// The anchors among them; a volume has one at most.
std::vector<NvmeController> OnlyAnchors(const std::vector<NvmeController>& controllers);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_ANCHOR_ADDRESS_H_
