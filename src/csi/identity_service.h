// SPDX-License-Identifier: Apache-2.0
// csi.v1.Identity, answered by controller and node alike (IDN-1).
#ifndef RDS_CSI_CSI_IDENTITY_SERVICE_H_
#define RDS_CSI_CSI_IDENTITY_SERVICE_H_

#include <memory>
#include <string>

#include "csi/readiness.h"
#include "csi/rpc.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace rds_csi {

struct PluginInfo {
  std::string driver_name;
  std::string version;
  bool has_topology = false;
};

// `rpcs` and `readiness` outlive the service.
//
// Probe: `ready` is false while waiting may help (the RDS is away); FAILED_PRECONDITION with the
// reason where it will not (RouterOS too old, no NVMe/TCP in this kernel). A sidecar waits on the
// first and gives up, with our words in its log, on the second.
std::unique_ptr<grpc::Service> NewIdentityService(Rpcs& rpcs, PluginInfo info,
                                                  const Readiness& readiness);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_IDENTITY_SERVICE_H_
