// SPDX-License-Identifier: Apache-2.0
// What there is: an RDS, workers, a cluster, volumes, and what lies between them; and what must
// hold of all of it. Who acts on it, and when, is another's.
#ifndef RDS_CSI_TESTS_WORLD_SITE_H_
#define RDS_CSI_TESTS_WORLD_SITE_H_

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "claim.h"
#include "controller/fake_cluster.h"
#include "effect.h"
#include "invariants.h"
#include "machine.h"
#include "network.h"
#include "rds/fake_router_os.h"

namespace rds_csi::world {

class Site {
 public:
  Site(int workers, int anchor_seconds, RosBehaviour behaviour);
  Site(const Site&) = delete;

  Claim& AddVolume(const Claim& claim);

  std::vector<int> WorkersNamed(const NodeId& node) const;  // one, or none
  int workers() const { return static_cast<int>(machines_.size()); }
  Machine& machine(int worker) { return *machines_[static_cast<size_t>(worker - 1)]; }
  FakeRouterOs& rds() { return rds_; }
  FakeCluster& cluster() { return cluster_; }
  Network& network() { return *network_; }
  const RosBehaviour& behaviour() const { return behaviour_; }
  std::deque<Claim>& claims() { return claims_; }

  // To be called before each effect on a machine, and after each on the RDS.
  void BeforeActOf(int worker, const Effect& effect);
  void AfterChangeOfRds();
  // After each call: everything is in step, and is checked.
  void Settle();

  // A machine loses its power and boots; its plugin is another's to start.
  void LosePower(int worker);

  // A process of a worker has opened the devices that there are, or ends. Whoever looks sees it.
  void SetOpen(int worker, bool open);
  // From now on nothing that it has open may be disconnected. Not from the beginning: what is
  // opened between a look and the disconnect that it allowed, nobody can see.
  void Protect(int worker);
  bool IsProtected(int worker, DeviceNumber device) const {
    return protected_.contains({worker, device});
  }

  // A person has changed a volume on the RDS, or has mended it (invariants.h).
  void Excuse(const Claim& claim, bool excused) { Of(claim).Excuse(excused); }
  bool IsExcused(const Claim& claim) { return Of(claim).IsExcused(); }

  // What `worker` had not written to it until now is lost, and rightly so (invariants.h).
  void ForgetPages(const Claim& claim, int worker) { Of(claim).ForgetPages(worker); }

  // What must never be so was so; each is told once.
  void Tell(const std::string& breach);
  const std::vector<std::string>& breaches() const { return breaches_; }

 private:
  Invariants& Of(const Claim& claim);

  const RosBehaviour behaviour_;
  FakeRouterOs rds_;
  FakeCluster cluster_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::unique_ptr<Network> network_;
  std::deque<Claim> claims_;  // whose places stay
  std::deque<Invariants> invariants_;
  using Devices = std::set<std::pair<int, DeviceNumber>>;  // and the workers they are of
  Devices open_;
  Devices protected_;
  std::vector<std::string> breaches_;
};

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_SITE_H_
