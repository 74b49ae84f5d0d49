// SPDX-License-Identifier: Apache-2.0
// csi.v1.Node: what kubelet calls on every machine.
#ifndef RDS_CSI_CSI_NODE_SERVICE_H_
#define RDS_CSI_CSI_NODE_SERVICE_H_

#include <cstdint>
#include <memory>

#include "csi/rpc.h"
#include "csi/topology.h"
#include "node/node.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace rds_csi {

// `rpcs` and what `node` refers to outlive the service. `max_volumes`: how many volumes this node
// takes; 0: no limit.
std::unique_ptr<grpc::Service> NewNodeService(Rpcs& rpcs, const Node& node, int64_t max_volumes,
                                              OptionalTopology topology);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_NODE_SERVICE_H_
