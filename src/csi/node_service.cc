// SPDX-License-Identifier: Apache-2.0
#include "csi/node_service.h"

#include <utility>

#include "base/status.h"
#include "csi.grpc.pb.h"
#include "csi/node_requests.h"

namespace rds_csi {
namespace {

using Rpc = csi::v1::NodeServiceCapability::RPC;

constexpr Rpc::Type kCapabilities[] = {Rpc::STAGE_UNSTAGE_VOLUME, Rpc::EXPAND_VOLUME,
                                       Rpc::GET_VOLUME_STATS, Rpc::VOLUME_CONDITION,
                                       Rpc::SINGLE_NODE_MULTI_WRITER};

void AddUsage(csi::v1::VolumeUsage::Unit unit, int64_t total, int64_t used, int64_t available,
              csi::v1::NodeGetVolumeStatsResponse& response) {
  csi::v1::VolumeUsage& usage = *response.add_usage();
  usage.set_unit(unit);
  usage.set_total(total);
  usage.set_used(used);
  usage.set_available(available);
}

void Put(const VolumeUsage& usage, csi::v1::NodeGetVolumeStatsResponse& response) {
  using Unit = csi::v1::VolumeUsage;
  if (const std::optional<Usage>& fs = usage.filesystem) {
    AddUsage(Unit::BYTES, fs->total_bytes, fs->used_bytes, fs->available_bytes, response);
    AddUsage(Unit::INODES, fs->total_inodes, fs->used_inodes, fs->free_inodes, response);
  }
  if (usage.block_bytes) AddUsage(Unit::BYTES, *usage.block_bytes, 0, 0, response);
  response.mutable_volume_condition()->set_abnormal(!usage.abnormal.empty());
  response.mutable_volume_condition()->set_message(usage.abnormal.empty() ? "in order"
                                                                          : usage.abnormal);
}

class NodeService final : public csi::v1::Node::Service {
 public:
  NodeService(Rpcs& rpcs, const Node& node, int64_t max_volumes, OptionalTopology topology)
      : rpcs_(rpcs), node_(node), max_volumes_(max_volumes), topology_(std::move(topology)) {}

  grpc::Status NodeStageVolume(grpc::ServerContext* context,
                               const csi::v1::NodeStageVolumeRequest* request,
                               csi::v1::NodeStageVolumeResponse*) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const StageRequest stage, ReadStage(*request));
      RETURN_IF_ERROR(call.Lock(stage.id));
      return StageVolume(node_, stage, call.deadline());
    });
  }

  grpc::Status NodeUnstageVolume(grpc::ServerContext* context,
                                 const csi::v1::NodeUnstageVolumeRequest* request,
                                 csi::v1::NodeUnstageVolumeResponse*) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const UnstageRequest unstage, ReadUnstage(*request));
      RETURN_IF_ERROR(call.Lock(unstage.id));
      ASSIGN_OR_RETURN(Warnings warnings, UnstageVolume(node_, unstage, call.deadline()));
      call.Warn(std::move(warnings));
      return absl::OkStatus();
    });
  }

  grpc::Status NodePublishVolume(grpc::ServerContext* context,
                                 const csi::v1::NodePublishVolumeRequest* request,
                                 csi::v1::NodePublishVolumeResponse*) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const PublishRequest publish, ReadPublish(*request));
      RETURN_IF_ERROR(call.Lock(publish.id));
      return PublishVolume(node_, publish, call.deadline());
    });
  }

  grpc::Status NodeUnpublishVolume(grpc::ServerContext* context,
                                   const csi::v1::NodeUnpublishVolumeRequest* request,
                                   csi::v1::NodeUnpublishVolumeResponse*) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const UnpublishRequest unpublish, ReadUnpublish(*request));
      RETURN_IF_ERROR(call.Lock(unpublish.id));
      ASSIGN_OR_RETURN(Warnings warnings, UnpublishVolume(node_, unpublish, call.deadline()));
      call.Warn(std::move(warnings));
      return absl::OkStatus();
    });
  }

  // Takes no lock: it changes nothing, and kubelet asks often.
  grpc::Status NodeGetVolumeStats(grpc::ServerContext* context,
                                  const csi::v1::NodeGetVolumeStatsRequest* request,
                                  csi::v1::NodeGetVolumeStatsResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const UsageRequest usage, ReadUsageRequest(*request));
      ASSIGN_OR_RETURN(const VolumeUsage found, GetVolumeUsage(node_, usage, call.deadline()));
      Put(found, *response);
      return absl::OkStatus();
    });
  }

  grpc::Status NodeExpandVolume(grpc::ServerContext* context,
                                const csi::v1::NodeExpandVolumeRequest* request,
                                csi::v1::NodeExpandVolumeResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const ExpandRequest expand, ReadExpand(*request));
      RETURN_IF_ERROR(call.Lock(expand.id));
      ASSIGN_OR_RETURN(const int64_t bytes, ExpandOnNode(node_, expand, call.deadline()));
      response->set_capacity_bytes(bytes);
      return absl::OkStatus();
    });
  }

  grpc::Status NodeGetCapabilities(grpc::ServerContext* context,
                                   const csi::v1::NodeGetCapabilitiesRequest* request,
                                   csi::v1::NodeGetCapabilitiesResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call&) {
      for (const Rpc::Type type : kCapabilities) {
        response->add_capabilities()->mutable_rpc()->set_type(type);
      }
      return absl::OkStatus();
    });
  }

  grpc::Status NodeGetInfo(grpc::ServerContext* context, const csi::v1::NodeGetInfoRequest* request,
                           csi::v1::NodeGetInfoResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call&) {
      response->set_node_id(node_.config.node.str());
      response->set_max_volumes_per_node(max_volumes_);
      if (topology_) *response->mutable_accessible_topology() = ToProto(*topology_);
      return absl::OkStatus();
    });
  }

 private:
  Rpcs& rpcs_;
  const Node node_;
  const int64_t max_volumes_;
  const OptionalTopology topology_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewNodeService(Rpcs& rpcs, const Node& node, int64_t max_volumes,
                                              OptionalTopology topology) {
  return std::make_unique<NodeService>(rpcs, node, max_volumes, std::move(topology));
}

}  // namespace rds_csi
