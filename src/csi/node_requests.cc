// SPDX-License-Identifier: Apache-2.0
#include "csi/node_requests.h"

#include <utility>

#include "base/status.h"
#include "csi.pb.h"
#include "csi/capability.h"
#include "csi/request_fields.h"

namespace rds_csi {
namespace {

constexpr std::string_view kStagingPath = "staging_target_path";
constexpr std::string_view kTargetPath = "target_path";
constexpr std::string_view kVolumePath = "volume_path";
constexpr std::string_view kCapability = "volume_capability";

// Where a volume is said to be. At a path that cannot be one of ours there is none, and NOT_FOUND
// is all that CSI knows for that, however odd the path.
absl::StatusOr<std::string> ReadVolumePath(std::string_view text) {
  if (text.empty()) return InvalidField(kVolumePath, "missing");
  absl::StatusOr<std::string> path = ReadPath(kVolumePath, text);
  if (path.ok()) return path;
  return absl::NotFoundError(Message(path.status()));
}

}  // namespace

absl::StatusOr<StageRequest> ReadStage(const csi::v1::NodeStageVolumeRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  ASSIGN_OR_RETURN(std::string staging, ReadPath(kStagingPath, request.staging_target_path()));
  ASSIGN_OR_RETURN(Capability capability, ReadCapability(kCapability, request.volume_capability()));
  ASSIGN_OR_RETURN(ConnectionTarget target,
                   ParseContexts(id, ToStringMap(request.publish_context()),
                                 ToStringMap(request.volume_context())));
  return StageRequest{.id = std::move(id),
                      .target = std::move(target),
                      .staging_path = std::move(staging),
                      .capability = std::move(capability),
                      .claim = ClaimIn(ToStringMap(request.volume_context()))};
}

absl::StatusOr<UnstageRequest> ReadUnstage(const csi::v1::NodeUnstageVolumeRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  ASSIGN_OR_RETURN(std::string staging, ReadPath(kStagingPath, request.staging_target_path()));
  return UnstageRequest{.id = std::move(id), .staging_path = std::move(staging)};
}

absl::StatusOr<PublishRequest> ReadPublish(const csi::v1::NodePublishVolumeRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  ASSIGN_OR_RETURN(std::string target, ReadPath(kTargetPath, request.target_path()));
  ASSIGN_OR_RETURN(Capability capability, ReadCapability(kCapability, request.volume_capability()));
  if (request.staging_target_path().empty()) {
    return absl::FailedPreconditionError(
        "staging_target_path: missing; volumes of this driver are staged before they are "
        "published");
  }
  ASSIGN_OR_RETURN(std::string staging, ReadPath(kStagingPath, request.staging_target_path()));
  return PublishRequest{.id = std::move(id),
                        .staging_path = std::move(staging),
                        .target_path = std::move(target),
                        .capability = std::move(capability),
                        .read_only = request.readonly()};
}

absl::StatusOr<UnpublishRequest> ReadUnpublish(const csi::v1::NodeUnpublishVolumeRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  ASSIGN_OR_RETURN(std::string target, ReadPath(kTargetPath, request.target_path()));
  return UnpublishRequest{.id = std::move(id), .target_path = std::move(target)};
}

absl::StatusOr<UsageRequest> ReadUsageRequest(const csi::v1::NodeGetVolumeStatsRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  ASSIGN_OR_RETURN(std::string path, ReadVolumePath(request.volume_path()));
  return UsageRequest{.id = std::move(id), .volume_path = std::move(path)};
}

absl::StatusOr<HealthRequest> ReadHealth(const csi::v1::NodeGetVolumeHealthRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  return HealthRequest{
      .id = std::move(id),
      .staging_path = ReadPath(kStagingPath, request.staging_target_path()).value_or(""),
      .publish_path = ReadPath("volume_publish_path", request.volume_publish_path()).value_or("")};
}

absl::StatusOr<ExpandRequest> ReadExpand(const csi::v1::NodeExpandVolumeRequest& request) {
  ASSIGN_OR_RETURN(VolumeId id, ReadVolumeId(request.volume_id()));
  ASSIGN_OR_RETURN(std::string path, ReadVolumePath(request.volume_path()));
  ASSIGN_OR_RETURN(const CapacityRange range, ReadRange(request.capacity_range()));
  if (request.has_volume_capability()) {
    RETURN_IF_ERROR(ReadCapability(kCapability, request.volume_capability()).status());
  }
  return ExpandRequest{.id = std::move(id), .volume_path = std::move(path), .range = range};
}

}  // namespace rds_csi
