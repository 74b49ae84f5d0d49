// SPDX-License-Identifier: Apache-2.0
// csi.v1.Controller: what the sidecars of Kubernetes call once for the whole cluster.
#ifndef RDS_CSI_CSI_CONTROLLER_SERVICE_H_
#define RDS_CSI_CSI_CONTROLLER_SERVICE_H_

#include <memory>

#include "controller/controller.h"
#include "csi/rpc.h"
#include "csi/topology.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace rds_csi {

// `rpcs` and what `controller` refers to outlive the service. What is not advertised (snapshots,
// clones, ControllerModifyVolume) answers UNIMPLEMENTED.
std::unique_ptr<grpc::Service> NewControllerService(Rpcs& rpcs, const Controller& controller,
                                                    OptionalTopology topology);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_CONTROLLER_SERVICE_H_
