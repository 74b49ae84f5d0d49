// SPDX-License-Identifier: Apache-2.0
// csi.v1.VolumeCapability as a Capability (ACC-1).
#ifndef RDS_CSI_CSI_CAPABILITY_H_
#define RDS_CSI_CSI_CAPABILITY_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "model/access.h"

namespace csi::v1 {
class VolumeCapability;
}  // namespace csi::v1

namespace rds_csi {

// INVALID_ARGUMENT, beginning with `field`: neither block nor mount, no access mode or one that
// this driver does not offer (by its name), a volume_mount_group, or what CheckCapability refuses.
absl::StatusOr<Capability> ReadCapability(std::string_view field,
                                          const csi::v1::VolumeCapability& capability);

// All of volume_capabilities, the field of an error with its index: "volume_capabilities[1]".
// INVALID_ARGUMENT as above.
absl::StatusOr<std::vector<Capability>> ReadCapabilities(
    const google::protobuf::RepeatedPtrField<csi::v1::VolumeCapability>& capabilities);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_CAPABILITY_H_
