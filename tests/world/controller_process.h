// SPDX-License-Identifier: Apache-2.0
// A controller plugin that runs: what it has in memory, and so loses when it is killed.
#ifndef RDS_CSI_TESTS_WORLD_CONTROLLER_PROCESS_H_
#define RDS_CSI_TESTS_WORLD_CONTROLLER_PROCESS_H_

#include "base/volume_locks.h"
#include "controller/controller.h"
#include "controller/reconcile.h"
#include "rds/fake_router_os.h"

namespace rds_csi::world {

class ControllerProcess {
 public:
  // All but `behaviour` outlive this.
  ControllerProcess(FakeRouterOs& rds, RosBehaviour behaviour, Cluster& cluster, Clock& clock);

  Controller controller();
  VolumeLocks& locks() { return locks_; }
  Reconciler& reconciler() { return reconciler_; }

 private:
  Cluster& cluster_;
  Clock& clock_;
  RdsVolumes volumes_;
  PoolRoom room_;
  KeptListing listing_;
  VolumeLocks locks_;
  Reconciler reconciler_;
};

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_CONTROLLER_PROCESS_H_
