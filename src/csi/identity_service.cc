// SPDX-License-Identifier: Apache-2.0
#include "csi/identity_service.h"

#include <utility>

#include "csi.grpc.pb.h"

namespace rds_csi {
namespace {

using csi::v1::PluginCapability;

class IdentityService final : public csi::v1::Identity::Service {
 public:
  IdentityService(Rpcs& rpcs, PluginInfo info, const Readiness& readiness)
      : rpcs_(rpcs), info_(std::move(info)), readiness_(readiness) {}

  grpc::Status GetPluginInfo(grpc::ServerContext* context,
                             const csi::v1::GetPluginInfoRequest* request,
                             csi::v1::GetPluginInfoResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call&) {
      response->set_name(info_.driver_name);
      response->set_vendor_version(info_.version);
      return absl::OkStatus();
    });
  }

  grpc::Status GetPluginCapabilities(grpc::ServerContext* context,
                                     const csi::v1::GetPluginCapabilitiesRequest* request,
                                     csi::v1::GetPluginCapabilitiesResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call&) {
      AddService(PluginCapability::Service::CONTROLLER_SERVICE, *response);
      if (info_.has_topology) {
        AddService(PluginCapability::Service::VOLUME_ACCESSIBILITY_CONSTRAINTS, *response);
      }
      response->add_capabilities()->mutable_volume_expansion()->set_type(
          PluginCapability::VolumeExpansion::ONLINE);
      return absl::OkStatus();
    });
  }

  grpc::Status Probe(grpc::ServerContext* context, const csi::v1::ProbeRequest* request,
                     csi::v1::ProbeResponse* response) override {
    return rpcs_.Answer(*context, *request, [&](Call&) {
      absl::Status latest = readiness_.Latest();
      if (absl::IsFailedPrecondition(latest)) return latest;
      response->mutable_ready()->set_value(latest.ok());
      return absl::OkStatus();
    });
  }

 private:
  static void AddService(PluginCapability::Service::Type type,
                         csi::v1::GetPluginCapabilitiesResponse& response) {
    response.add_capabilities()->mutable_service()->set_type(type);
  }

  Rpcs& rpcs_;
  const PluginInfo info_;
  const Readiness& readiness_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewIdentityService(Rpcs& rpcs, PluginInfo info,
                                                  const Readiness& readiness) {
  return std::make_unique<IdentityService>(rpcs, std::move(info), readiness);
}

}  // namespace rds_csi
