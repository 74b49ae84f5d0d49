// SPDX-License-Identifier: Apache-2.0
#include "csi/node_service.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "csi.grpc.pb.h"
#include "csi/node_requests.h"
#include "node/health.h"
#include "node/quarantine.h"

namespace rds_csi {
namespace {

using Rpc = csi::v1::NodeServiceCapability::RPC;

constexpr Rpc::Type kCapabilities[] = {Rpc::STAGE_UNSTAGE_VOLUME,     Rpc::EXPAND_VOLUME,
                                       Rpc::GET_VOLUME_STATS,         Rpc::VOLUME_CONDITION,
                                       Rpc::SINGLE_NODE_MULTI_WRITER, Rpc::GET_VOLUME_HEALTH,
                                       Rpc::GET_STORAGE_HEALTH};

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
  response.mutable_volume_condition()->set_message(
      usage.abnormal.empty() ? fmt::format("in order; survives the loss of its connection by: {}",
                                           NameOf(usage.survives_by))
                             : usage.abnormal);
}

csi::v1::VolumeHealthErrorType ToProto(Finding::Severity severity) {
  return severity == Finding::Severity::kInaccessible ? csi::v1::INACCESSIBLE : csi::v1::DEGRADED;
}

void Put(const std::string& id, const std::vector<Finding>& findings,
         csi::v1::VolumeHealth& health) {
  health.set_volume_id(id);
  for (const Finding& finding : findings) {
    csi::v1::VolumeHealth::VolumeHealthEntry& entry = *health.add_health_statuses();
    entry.set_status(ToProto(finding.severity));
    entry.set_reason(finding.reason);
    entry.set_message(finding.message);
  }
}

void Put(const std::vector<StorageFinding>& findings,
         csi::v1::NodeGetStorageHealthResponse& response) {
  for (const StorageFinding& finding : findings) {
    auto& health = *response.add_backend_health();
    health.set_status(finding.unreachable ? csi::v1::STORAGE_UNREACHABLE
                                          : csi::v1::STORAGE_DEGRADED);
    health.set_reason(finding.unreachable ? "NoVolumeConnected" : "SomeVolumesNotConnected");
    health.set_message(finding.message);
  }
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
      return Guarded(node_, stage.id, [&] { return StageVolume(node_, stage, call.deadline()); });
    });
  }

  grpc::Status NodeUnstageVolume(grpc::ServerContext* context,
                                 const csi::v1::NodeUnstageVolumeRequest* request,
                                 csi::v1::NodeUnstageVolumeResponse*) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const UnstageRequest unstage, ReadUnstage(*request));
      RETURN_IF_ERROR(call.Lock(unstage.id));
      return Do(call, unstage.id, [&] { return UnstageVolume(node_, unstage, call.deadline()); });
    });
  }

  grpc::Status NodePublishVolume(grpc::ServerContext* context,
                                 const csi::v1::NodePublishVolumeRequest* request,
                                 csi::v1::NodePublishVolumeResponse*) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const PublishRequest publish, ReadPublish(*request));
      RETURN_IF_ERROR(call.Lock(publish.id));
      return Do(call, publish.id, [&] { return PublishVolume(node_, publish, call.deadline()); });
    });
  }

  grpc::Status NodeUnpublishVolume(grpc::ServerContext* context,
                                   const csi::v1::NodeUnpublishVolumeRequest* request,
                                   csi::v1::NodeUnpublishVolumeResponse*) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const UnpublishRequest unpublish, ReadUnpublish(*request));
      RETURN_IF_ERROR(call.Lock(unpublish.id));
      return Do(call, unpublish.id,
                [&] { return UnpublishVolume(node_, unpublish, call.deadline()); });
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
      return Guarded(node_, expand.id, [&]() -> absl::Status {
        ASSIGN_OR_RETURN(const int64_t bytes, ExpandOnNode(node_, expand, call.deadline()));
        response->set_capacity_bytes(bytes);
        return absl::OkStatus();
      });
    });
  }

  // The two below take no lock either, and touch no volume.
  grpc::Status NodeGetVolumeHealth(grpc::ServerContext* context,
                                   const csi::v1::NodeGetVolumeHealthRequest* request,
                                   csi::v1::NodeGetVolumeHealthResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const HealthRequest health, ReadHealth(*request));
      ASSIGN_OR_RETURN(const std::vector<Finding> findings,
                       GetVolumeHealth(node_, health, call.deadline()));
      Put(health.id.str(), findings, *response->mutable_volume_health());
      return absl::OkStatus();
    });
  }

  grpc::Status NodeGetStorageHealth(grpc::ServerContext* context,
                                    const csi::v1::NodeGetStorageHealthRequest* request,
                                    csi::v1::NodeGetStorageHealthResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call&) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<StorageFinding> findings, GetStorageHealth(node_));
      Put(findings, *response);
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
  // A verb that answers warnings, for the log.
  absl::Status Do(Call& call, const VolumeId& id,
                  absl::FunctionRef<absl::StatusOr<Warnings>()> verb) {
    return Guarded(node_, id, [&]() -> absl::Status {
      ASSIGN_OR_RETURN(Warnings warnings, verb());
      call.Warn(std::move(warnings));
      return absl::OkStatus();
    });
  }

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
