// SPDX-License-Identifier: Apache-2.0
// The controller's service between an RDS and a cluster that the fuzzer plays: two volumes that
// come and go, one of the former driver, one of another cluster, one whose ledger is damaged, and a
// disk of somebody else's.
#ifndef RDS_CSI_FUZZ_SURFACE_CONTROLLER_WORLD_H_
#define RDS_CSI_FUZZ_SURFACE_CONTROLLER_WORLD_H_

#include <map>
#include <memory>
#include <string>

#include "base/fake_clock.h"
#include "controller/controller.h"
#include "controller/fake_cluster.h"
#include "csi/rpc.h"
#include "fuzz/surface/ask.h"
#include "fuzz/surface/controller_rules.h"
#include "observe/kept_reports.h"
#include "rds/fake_router_os.h"

namespace rds_csi::surface {

class ControllerWorld {
 public:
  ControllerWorld();

  // One line of the input: a call, or something that happens.
  void Take(Choices line);

 private:
  // A process of the controller: what is in its memory.
  struct Plugin {
    explicit Plugin(ControllerWorld& world);
    RdsVolumes volumes;
    PoolRoom room;
    KeptListing listing;
    Rpcs rpcs;
    std::unique_ptr<grpc::Service> service;
  };

  void CallOne(const Rpc& rpc, Choices& choices);
  void Happen(char letter, Choices& choices);
  void Break(Choices& choices);
  void Meddle(Choices& choices);
  void ChangeCluster(Choices& choices);
  Good PickGood(Choices& choices);

  const ControllerConfig config_;
  const RosBehaviour behaviour_;
  FakeRouterOs rds_;
  FakeCluster cluster_;
  FakeClock clock_;
  KeptReports reports_;
  std::unique_ptr<Plugin> plugin_;
  ControllerRules rules_{rds_};
  std::map<std::string, StringMap> contexts_;  // as CreateVolume answered them, by volume
  bool is_calm_ = true;
};

}  // namespace rds_csi::surface

#endif  // RDS_CSI_FUZZ_SURFACE_CONTROLLER_WORLD_H_
