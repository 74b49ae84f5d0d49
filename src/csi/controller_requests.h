// SPDX-License-Identifier: Apache-2.0
// The requests of csi.v1.Controller, from protobuf to what the verbs of controller/ take. Nothing
// unchecked gets past here. Every error is INVALID_ARGUMENT and begins with the name of the field,
// unless it says otherwise.
#ifndef RDS_CSI_CSI_CONTROLLER_REQUESTS_H_
#define RDS_CSI_CSI_CONTROLLER_REQUESTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/attach.h"
#include "controller/create.h"
#include "csi/topology.h"

namespace csi::v1 {
class ControllerExpandVolumeRequest;
class ControllerPublishVolumeRequest;
class ControllerUnpublishVolumeRequest;
class CreateVolumeRequest;
class GetCapacityRequest;
class ValidateVolumeCapabilitiesRequest;
}  // namespace csi::v1

namespace rds_csi {

// OUT_OF_RANGE: see ChooseSize. RESOURCE_EXHAUSTED: only places were asked for that cannot reach
// this RDS.
absl::StatusOr<CreateRequest> ReadCreate(const csi::v1::CreateVolumeRequest& request,
                                         const std::vector<std::string>& base_paths,
                                         const OptionalTopology& topology);

absl::StatusOr<AttachRequest> ReadAttach(const csi::v1::ControllerPublishVolumeRequest& request);

struct DetachRequest {
  VolumeId id;
  std::optional<NodeId> node;  // none: from all nodes
};
absl::StatusOr<DetachRequest> ReadDetach(const csi::v1::ControllerUnpublishVolumeRequest& request);

struct GrowRequest {
  VolumeId id;
  CapacityRange range;
};
// The range must require something. OUT_OF_RANGE: see ChooseSize.
absl::StatusOr<GrowRequest> ReadGrow(const csi::v1::ControllerExpandVolumeRequest& request);

// The directory whose room is asked for.
absl::StatusOr<std::string> ReadCapacityDirectory(const csi::v1::GetCapacityRequest& request,
                                                  const std::vector<std::string>& base_paths);

// Which volume ValidateVolumeCapabilities asks about; it must ask for something.
absl::StatusOr<VolumeId> ReadValidated(const csi::v1::ValidateVolumeCapabilitiesRequest& request);

// Whether volume `id` can do everything that `request` names; the words are for its `message`.
absl::Status CheckValidated(const csi::v1::ValidateVolumeCapabilitiesRequest& request,
                            const VolumeId& id, const std::vector<std::string>& base_paths);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_CONTROLLER_REQUESTS_H_
