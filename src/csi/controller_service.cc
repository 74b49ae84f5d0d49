// SPDX-License-Identifier: Apache-2.0
#include "csi/controller_service.h"

#include <utility>

#include "base/status.h"
#include "controller/attach.h"
#include "controller/capacity.h"
#include "controller/create.h"
#include "controller/delete.h"
#include "controller/detach.h"
#include "controller/expand.h"
#include "controller/list.h"
#include "csi.grpc.pb.h"
#include "csi/controller_requests.h"
#include "csi/request_fields.h"

namespace rds_csi {
namespace {

using Rpc = csi::v1::ControllerServiceCapability::RPC;

constexpr Rpc::Type kCapabilities[] = {Rpc::CREATE_DELETE_VOLUME,
                                       Rpc::PUBLISH_UNPUBLISH_VOLUME,
                                       Rpc::LIST_VOLUMES,
                                       Rpc::LIST_VOLUMES_PUBLISHED_NODES,
                                       Rpc::GET_CAPACITY,
                                       Rpc::EXPAND_VOLUME,
                                       Rpc::GET_VOLUME,
                                       Rpc::GET_VOLUME_HEALTH,
                                       Rpc::LIST_VOLUME_HEALTH,
                                       Rpc::VOLUME_CONDITION,
                                       Rpc::SINGLE_NODE_MULTI_WRITER};

// `status` is of ListVolumes or of ControllerGetVolume: two types of the same fields.
template <typename VolumeStatus>
void PutStatus(const ListedVolume& listed, VolumeStatus& status) {
  for (const std::string& node : listed.published_nodes) status.add_published_node_ids(node);
  status.mutable_volume_condition()->set_abnormal(listed.abnormal.has_value());
  status.mutable_volume_condition()->set_message(listed.abnormal ? listed.abnormal->message
                                                                 : "in order");
}

void PutHealth(const ListedVolume& listed, csi::v1::VolumeHealth& health) {
  health.set_volume_id(listed.id.str());
  if (!listed.abnormal) return;
  auto& entry = *health.add_health_statuses();
  entry.set_status(listed.abnormal->inaccessible ? csi::v1::INACCESSIBLE : csi::v1::DEGRADED);
  entry.set_reason(std::string(listed.abnormal->reason));
  entry.set_message(listed.abnormal->message);
}

absl::Status CheckMaxEntries(int32_t max_entries) {
  if (max_entries >= 0) return absl::OkStatus();
  return InvalidField("max_entries", "must not be negative");
}

// Confirms what was asked about, word for word, as CSI wants it.
void Confirm(const csi::v1::ValidateVolumeCapabilitiesRequest& request,
             csi::v1::ValidateVolumeCapabilitiesResponse& response) {
  auto& confirmed = *response.mutable_confirmed();
  *confirmed.mutable_volume_context() = request.volume_context();
  *confirmed.mutable_volume_capabilities() = request.volume_capabilities();
  *confirmed.mutable_parameters() = request.parameters();
}

class ControllerService final : public csi::v1::Controller::Service {
 public:
  ControllerService(Rpcs& rpcs, const Controller& controller, OptionalTopology topology)
      : rpcs_(rpcs), controller_(controller), topology_(std::move(topology)) {}

  grpc::Status CreateVolume(grpc::ServerContext* context,
                            const csi::v1::CreateVolumeRequest* request,
                            csi::v1::CreateVolumeResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const CreateRequest create, ReadCreate(*request, base_paths(), topology_));
      RETURN_IF_ERROR(call.Lock(create.id));
      ASSIGN_OR_RETURN(const CreatedVolume made,
                       rds_csi::CreateVolume(controller_, create, call.deadline()));
      PutVolume(create.id, made.capacity_bytes, *response->mutable_volume());
      response->mutable_volume()->mutable_volume_context()->insert(made.context.begin(),
                                                                   made.context.end());
      return absl::OkStatus();
    });
  }

  grpc::Status DeleteVolume(grpc::ServerContext* context,
                            const csi::v1::DeleteVolumeRequest* request,
                            csi::v1::DeleteVolumeResponse*) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const VolumeId id, ReadVolumeId(request->volume_id()));
      RETURN_IF_ERROR(call.Lock(id));
      return rds_csi::DeleteVolume(controller_, id, call.deadline());
    });
  }

  grpc::Status ControllerPublishVolume(
      grpc::ServerContext* context, const csi::v1::ControllerPublishVolumeRequest* request,
      csi::v1::ControllerPublishVolumeResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const AttachRequest attach, ReadAttach(*request));
      RETURN_IF_ERROR(call.Lock(attach.id));
      ASSIGN_OR_RETURN(const PublishContext made,
                       AttachVolume(controller_, attach, call.deadline()));
      const StringMap map = FormatPublishContext(attach.id, made);
      response->mutable_publish_context()->insert(map.begin(), map.end());
      return absl::OkStatus();
    });
  }

  grpc::Status ControllerUnpublishVolume(grpc::ServerContext* context,
                                         const csi::v1::ControllerUnpublishVolumeRequest* request,
                                         csi::v1::ControllerUnpublishVolumeResponse*) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const DetachRequest detach, ReadDetach(*request));
      RETURN_IF_ERROR(call.Lock(detach.id));
      return DetachVolume(controller_, detach.id, detach.node, call.deadline());
    });
  }

  grpc::Status ValidateVolumeCapabilities(
      grpc::ServerContext* context, const csi::v1::ValidateVolumeCapabilitiesRequest* request,
      csi::v1::ValidateVolumeCapabilitiesResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const VolumeId id, ReadValidated(*request));
      RETURN_IF_ERROR(GetVolume(controller_, id, call.deadline()).status());
      const absl::Status valid = CheckValidated(*request, id, base_paths());
      if (valid.ok()) Confirm(*request, *response);
      response->set_message(Message(valid));
      return absl::OkStatus();
    });
  }

  grpc::Status ListVolumes(grpc::ServerContext* context, const csi::v1::ListVolumesRequest* request,
                           csi::v1::ListVolumesResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      RETURN_IF_ERROR(CheckMaxEntries(request->max_entries()));
      ASSIGN_OR_RETURN(const ListPage page,
                       rds_csi::ListVolumes(controller_, Listed::kAll, request->max_entries(),
                                            request->starting_token(), call.deadline()));
      for (const ListedVolume& listed : page.volumes) PutEntry(listed, *response->add_entries());
      response->set_next_token(page.next_token);
      return absl::OkStatus();
    });
  }

  grpc::Status ControllerGetVolume(grpc::ServerContext* context,
                                   const csi::v1::ControllerGetVolumeRequest* request,
                                   csi::v1::ControllerGetVolumeResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const VolumeId id, ReadVolumeId(request->volume_id()));
      ASSIGN_OR_RETURN(const ListedVolume listed, GetVolume(controller_, id, call.deadline()));
      PutEntry(listed, *response);
      return absl::OkStatus();
    });
  }

  grpc::Status ControllerGetVolumeHealth(
      grpc::ServerContext* context, const csi::v1::ControllerGetVolumeHealthRequest* request,
      csi::v1::ControllerGetVolumeHealthResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const VolumeId id, ReadVolumeId(request->volume_id()));
      ASSIGN_OR_RETURN(const ListedVolume listed, GetVolume(controller_, id, call.deadline()));
      PutHealth(listed, *response->mutable_volume_health());
      return absl::OkStatus();
    });
  }

  grpc::Status ControllerListVolumeHealth(
      grpc::ServerContext* context, const csi::v1::ControllerListVolumeHealthRequest* request,
      csi::v1::ControllerListVolumeHealthResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      RETURN_IF_ERROR(CheckMaxEntries(request->max_entries()));
      ASSIGN_OR_RETURN(const ListPage page,
                       rds_csi::ListVolumes(controller_, Listed::kAbnormal, request->max_entries(),
                                            request->starting_token(), call.deadline()));
      for (const ListedVolume& listed : page.volumes) PutHealth(listed, *response->add_entries());
      response->set_next_token(page.next_token);
      return absl::OkStatus();
    });
  }

  grpc::Status GetCapacity(grpc::ServerContext* context, const csi::v1::GetCapacityRequest* request,
                           csi::v1::GetCapacityResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const std::string directory, ReadCapacityDirectory(*request, base_paths()));
      if (!IsAskedForHere(*request)) return absl::OkStatus();
      ASSIGN_OR_RETURN(const Capacity capacity,
                       rds_csi::GetCapacity(controller_, directory, call.deadline()));
      response->set_available_capacity(capacity.available_bytes);
      response->mutable_maximum_volume_size()->set_value(capacity.maximum_volume_bytes);
      response->mutable_minimum_volume_size()->set_value(capacity.minimum_volume_bytes);
      return absl::OkStatus();
    });
  }

  // The node has its part in every growth: the filesystem must grow, and of a block volume the
  // kernel must be made to look at the new size.
  grpc::Status ControllerExpandVolume(grpc::ServerContext* context,
                                      const csi::v1::ControllerExpandVolumeRequest* request,
                                      csi::v1::ControllerExpandVolumeResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(const GrowRequest grow, ReadGrow(*request));
      RETURN_IF_ERROR(call.Lock(grow.id));
      ASSIGN_OR_RETURN(const int64_t bytes,
                       ExpandVolume(controller_, grow.id, grow.range, call.deadline()));
      response->set_capacity_bytes(bytes);
      response->set_node_expansion_required(true);
      return absl::OkStatus();
    });
  }

  grpc::Status ControllerGetCapabilities(
      grpc::ServerContext* context, const csi::v1::ControllerGetCapabilitiesRequest* request,
      csi::v1::ControllerGetCapabilitiesResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call&) {
      for (const Rpc::Type type : kCapabilities) {
        response->add_capabilities()->mutable_rpc()->set_type(type);
      }
      return absl::OkStatus();
    });
  }

 private:
  const std::vector<std::string>& base_paths() const { return controller_.config.base_paths; }

  void PutVolume(const VolumeId& id, int64_t bytes, csi::v1::Volume& volume) const {
    volume.set_volume_id(id.str());
    volume.set_capacity_bytes(bytes);
    if (topology_) *volume.add_accessible_topology() = ToProto(*topology_);
  }

  // `entry` is one of ListVolumes or the answer of ControllerGetVolume.
  template <typename Entry>
  void PutEntry(const ListedVolume& listed, Entry& entry) const {
    PutVolume(listed.id, listed.capacity_bytes, *entry.mutable_volume());
    PutStatus(listed, *entry.mutable_status());
  }

  bool IsAskedForHere(const csi::v1::GetCapacityRequest& request) const {
    return !request.has_accessible_topology() ||
           IsReachableFrom(topology_, request.accessible_topology());
  }

  Rpcs& rpcs_;
  const Controller controller_;
  const OptionalTopology topology_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewControllerService(Rpcs& rpcs, const Controller& controller,
                                                    OptionalTopology topology) {
  return std::make_unique<ControllerService>(rpcs, controller, std::move(topology));
}

}  // namespace rds_csi
