// SPDX-License-Identifier: Apache-2.0
#include "csi/controller_requests.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "csi.pb.h"
#include "csi/capability.h"
#include "csi/request_fields.h"

namespace rds_csi {
namespace {

constexpr std::string_view kCapabilities = "volume_capabilities";
constexpr std::string_view kCapability = "volume_capability";

using ProtoStringMap = google::protobuf::Map<std::string, std::string>;

absl::Status NothingIsMutable(const ProtoStringMap& parameters) {
  if (parameters.empty()) return absl::OkStatus();
  const StringMap sorted = ToStringMap(parameters);  // the same words for the same request
  return InvalidField("mutable_parameters",
                      fmt::format("{}: nothing of a volume can be changed after it was made",
                                  Quoted(sorted.begin()->first)));
}

absl::Status CheckSource(const csi::v1::CreateVolumeRequest& request) {
  if (!request.has_volume_content_source()) return absl::OkStatus();
  return InvalidField("volume_content_source",
                      "this driver makes no volumes from snapshots or from other volumes");
}

absl::Status CheckPlaces(const csi::v1::CreateVolumeRequest& request,
                         const OptionalTopology& topology) {
  if (Satisfies(topology, request.accessibility_requirements())) return absl::OkStatus();
  return absl::ResourceExhaustedError(fmt::format(
      "accessibility_requirements: volumes of this driver are reachable from {}={} only",
      topology->key, topology->zone));
}

}  // namespace

absl::StatusOr<CreateRequest> ReadCreate(const csi::v1::CreateVolumeRequest& request,
                                         const std::vector<std::string>& base_paths,
                                         const OptionalTopology& topology) {
  ASSIGN_OR_RETURN(VolumeId id, ReadField("name", request.name(), VolumeId::Parse));
  if (request.volume_capabilities().empty()) return InvalidField(kCapabilities, "missing");
  ASSIGN_OR_RETURN(std::vector<Capability> capabilities,
                   ReadCapabilities(request.volume_capabilities()));
  ASSIGN_OR_RETURN(const CapacityRange range, ReadRange(request.capacity_range()));
  ASSIGN_OR_RETURN(StorageClass storage_class,
                   ParseStorageClass(ToStringMap(request.parameters()), base_paths));
  RETURN_IF_ERROR(CheckSource(request));
  RETURN_IF_ERROR(NothingIsMutable(request.mutable_parameters()));
  RETURN_IF_ERROR(CheckPlaces(request, topology));
  return CreateRequest{.id = std::move(id),
                       .range = range,
                       .storage_class = std::move(storage_class),
                       .capabilities = std::move(capabilities)};
}

// `readonly` is let pass: the RDS exports a volume either way in the same manner, and NodePublish
// is told again and enforces it.
absl::StatusOr<AttachRequest> ReadAttach(const csi::v1::ControllerPublishVolumeRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  ASSIGN_OR_RETURN(NodeId node, ReadNodeId(request.node_id()));
  ASSIGN_OR_RETURN(Capability capability, ReadCapability(kCapability, request.volume_capability()));
  ASSIGN_OR_RETURN(VolumeContext context,
                   ParseVolumeContext(id, ToStringMap(request.volume_context())));
  return AttachRequest{.id = std::move(id),
                       .node = std::move(node),
                       .capability = std::move(capability),
                       .context = std::move(context)};
}

absl::StatusOr<DetachRequest> ReadDetach(const csi::v1::ControllerUnpublishVolumeRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  std::optional<NodeId> node;
  if (!request.node_id().empty()) {
    ASSIGN_OR_RETURN(node, ReadNodeId(request.node_id()));
  }
  return DetachRequest{.id = std::move(id), .node = std::move(node)};
}

absl::StatusOr<GrowRequest> ReadGrow(const csi::v1::ControllerExpandVolumeRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  if (!request.has_capacity_range()) return InvalidField("capacity_range", "missing");
  ASSIGN_OR_RETURN(const CapacityRange range, ReadRange(request.capacity_range()));
  if (range.required_bytes == 0) {
    return InvalidField("capacity_range", "required_bytes is missing");
  }
  if (request.has_volume_capability()) {
    RETURN_IF_ERROR(ReadCapability(kCapability, request.volume_capability()).status());
  }
  return GrowRequest{.id = std::move(id), .range = range};
}

absl::StatusOr<std::string> ReadCapacityDirectory(const csi::v1::GetCapacityRequest& request,
                                                  const std::vector<std::string>& base_paths) {
  RETURN_IF_ERROR(ReadCapabilities(request.volume_capabilities()).status());
  ASSIGN_OR_RETURN(StorageClass storage_class,
                   ParseStorageClass(ToStringMap(request.parameters()), base_paths));
  return std::move(storage_class.volume_path);
}

absl::StatusOr<VolumeId> ReadValidated(const csi::v1::ValidateVolumeCapabilitiesRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  if (request.volume_capabilities().empty()) return InvalidField(kCapabilities, "missing");
  return id;
}

absl::Status CheckValidated(const csi::v1::ValidateVolumeCapabilitiesRequest& request,
                            const VolumeId& id, const std::vector<std::string>& base_paths) {
  RETURN_IF_ERROR(ReadCapabilities(request.volume_capabilities()).status());
  RETURN_IF_ERROR(ParseVolumeContext(id, ToStringMap(request.volume_context())).status());
  RETURN_IF_ERROR(ParseStorageClass(ToStringMap(request.parameters()), base_paths).status());
  return NothingIsMutable(request.mutable_parameters());
}

}  // namespace rds_csi
