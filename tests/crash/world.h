// SPDX-License-Identifier: Apache-2.0
// Everything there is: an RDS, two workers, a cluster, the plugins, and what lies between them.
// Each effect that a plugin has behind its walls passes by here, so that it can be looked at and
// disturbed.
#ifndef RDS_CSI_TESTS_CRASH_WORLD_H_
#define RDS_CSI_TESTS_CRASH_WORLD_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "controller/controller.h"
#include "controller/fake_cluster.h"
#include "controller/reconcile.h"
#include "invariants.h"
#include "machine.h"
#include "model/contexts.h"
#include "network.h"
#include "rds/fake_router_os.h"
#include "scenario.h"

namespace rds_csi::crash {

inline constexpr int kWorkers = 2;

// Something that a plugin is about to do to a machine, or to have the RDS do.
struct Effect {
  int worker = 0;        // 0: a command to the RDS
  bool is_look = false;  // a program or command that changes nothing
  std::string line;
  std::string command;  // "/disk set"; empty on a machine
};

// Thrown out of an effect: the plugin is killed, or the machine loses power.
struct Killed {};
struct PowerLost {};

class World {
 public:
  using Watcher = std::function<void(const Effect&)>;

  explicit World(const Scenario& scenario);
  World(const World&) = delete;

  // Takes one step, as the edge does: under the volume's lock, with a deadline. A plugin that is
  // killed, or a machine that loses power, starts anew before this returns; the caller then gets
  // UNAVAILABLE, as from a connection that broke.
  absl::Status Take(const Step& step);

  // Time passes everywhere, and the keepers do their work.
  void Pass(absl::Duration time);

  // Called before each effect of the next step; not of what a plugin does when it starts anew.
  void Watch(const Watcher& watcher) { watcher_ = std::make_shared<Watcher>(watcher); }
  // The plugin does its work in the next step and is killed before it answers.
  void LoseNextAnswer() { loses_answer_ = true; }
  // Whether a worker has lost its power since this was last asked.
  bool TakeReboot(int worker) { return std::exchange(rebooted_[Index(worker)], false); }
  bool HasLostPower(int worker) const { return lost_power_[Index(worker)]; }  // ever

  Machine& machine(int worker) { return *machines_[Index(worker)]; }
  FakeRouterOs& rds() { return rds_; }
  FakeCluster& cluster() { return cluster_; }
  Network& network() { return *network_; }
  Controller controller();
  VolumeLocks& controller_locks() { return plugin_->locks; }
  Reconciler& reconciler() { return plugin_->reconciler; }
  const Scenario& scenario() const { return scenario_; }
  const VolumeId& id() const { return id_; }
  absl::Time deadline() const { return deadline_; }

  // The objects of Kubernetes: what is in the PersistentVolume and in each VolumeAttachment.
  StringMap volume_context;
  StringMap publish_contexts[kWorkers];
  bool is_open = false;  // a process of worker-1 has the device open

  // What must never be so was so (invariants.h); each is told once.
  void Tell(const std::string& breach);
  const std::vector<std::string>& breaches() const { return breaches_; }

 private:
  struct Plugin {
    explicit Plugin(World& world);
    RdsVolumes volumes;
    PoolRoom room;
    KeptListing listing;
    VolumeLocks locks;
    Reconciler reconciler;
  };

  static size_t Index(int worker) { return static_cast<size_t>(worker - 1); }
  void Hook();
  void OnMachine(int worker, bool is_look, const std::string& line);
  void OnRds(const RosCommand& command);
  void StartAnew(const Step& step);
  void KeepInStep();  // the clocks

  const Scenario& scenario_;
  const VolumeId id_ = *VolumeId::Parse(kPersistentVolume);
  const ControllerConfig config_;
  FakeRouterOs rds_;
  FakeCluster cluster_;
  FakeClock clock_;  // of the controller
  NoReports reports_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Plugin> plugin_;
  Invariants invariants_{*this};
  std::shared_ptr<Watcher> watcher_;  // shared with a call that is in it when it ends
  bool loses_answer_ = false;
  bool rebooted_[kWorkers] = {};
  bool lost_power_[kWorkers] = {};
  absl::Time deadline_;
  std::vector<std::string> breaches_;
};

}  // namespace rds_csi::crash

#endif  // RDS_CSI_TESTS_CRASH_WORLD_H_
