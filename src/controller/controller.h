// SPDX-License-Identifier: Apache-2.0
// What every verb of the controller works on. The verbs are free functions, one a file; the caller
// (the gRPC edge) holds the volume's lock and knows the deadline.
#ifndef RDS_CSI_CONTROLLER_CONTROLLER_H_
#define RDS_CSI_CONTROLLER_CONTROLLER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "controller/cluster.h"
#include "model/contexts.h"
#include "model/node_id.h"
#include "observe/report.h"
#include "rds/kept_listing.h"
#include "rds/pool_room.h"
#include "rds/volumes.h"

namespace rds_csi {

struct ControllerConfig {
  std::string cluster_id;
  std::vector<std::string> base_paths;  // directories on the RDS; the first is the default
  std::string rds_address;              // host of the RDS as we dial it; for the volume context
  HostPort nvme;                        // where nodes connect unless the StorageClass says else
};

struct Controller {
  RdsVolumes& volumes;
  PoolRoom& room;        // a cache
  KeptListing& listing;  // a cache
  Cluster& cluster;
  Reporter& reporter;
  Clock& clock;
  const ControllerConfig& config;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_CONTROLLER_H_
