// SPDX-License-Identifier: Apache-2.0
// The requests of csi.v1.Node, from protobuf to what the verbs of node/ take. Nothing unchecked
// gets past here. Every error is INVALID_ARGUMENT and begins with the name of the field, unless it
// says otherwise.
#ifndef RDS_CSI_CSI_NODE_REQUESTS_H_
#define RDS_CSI_CSI_NODE_REQUESTS_H_

#include "absl/status/statusor.h"
#include "node/expand.h"
#include "node/health.h"
#include "node/publish.h"
#include "node/stage.h"
#include "node/unpublish.h"
#include "node/unstage.h"
#include "node/usage.h"

namespace csi::v1 {
class NodeExpandVolumeRequest;
class NodeGetVolumeHealthRequest;
class NodeGetVolumeStatsRequest;
class NodePublishVolumeRequest;
class NodeStageVolumeRequest;
class NodeUnpublishVolumeRequest;
class NodeUnstageVolumeRequest;
}  // namespace csi::v1

namespace rds_csi {

absl::StatusOr<StageRequest> ReadStage(const csi::v1::NodeStageVolumeRequest& request);

absl::StatusOr<UnstageRequest> ReadUnstage(const csi::v1::NodeUnstageVolumeRequest& request);

// FAILED_PRECONDITION: no staging_target_path (CSI says so).
absl::StatusOr<PublishRequest> ReadPublish(const csi::v1::NodePublishVolumeRequest& request);

absl::StatusOr<UnpublishRequest> ReadUnpublish(const csi::v1::NodeUnpublishVolumeRequest& request);

absl::StatusOr<UsageRequest> ReadUsageRequest(const csi::v1::NodeGetVolumeStatsRequest& request);

// Paths that cannot be ours are taken for none.
absl::StatusOr<HealthRequest> ReadHealth(const csi::v1::NodeGetVolumeHealthRequest& request);

// A missing capacity_range is a request for whatever size the volume now has. OUT_OF_RANGE: see
// ChooseSize.
absl::StatusOr<ExpandRequest> ReadExpand(const csi::v1::NodeExpandVolumeRequest& request);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_NODE_REQUESTS_H_
