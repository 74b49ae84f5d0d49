// SPDX-License-Identifier: Apache-2.0
// A worker: its kernel and disk, the node plugin that runs on it, and kubelet's folders.
#ifndef RDS_CSI_TESTS_WORLD_MACHINE_H_
#define RDS_CSI_TESTS_WORLD_MACHINE_H_

#include <memory>
#include <string>
#include <vector>

#include "base/volume_locks.h"
#include "claim.h"
#include "host/fake_host.h"
#include "node/keeper.h"
#include "node/node.h"

namespace rds_csi::world {

inline constexpr int kPlaces = 2;  // for pods, on each worker

class Machine {
 public:
  Machine(int number, int anchor_seconds);

  // Before anything is done with `claim` here.
  void AddVolume(const Claim& claim);

  FakeHost& host() { return host_; }
  const NodeConfig& config() const { return config_; }
  std::string name() const { return config_.node.str(); }
  std::vector<Mount> mounts() { return *host_.host().mounts.List(); }

  // The plugin that runs. Start: a new one, which knows nothing but what it finds.
  void Start();
  Node node();
  VolumeLocks& locks() { return plugin_->locks; }
  Keeper& keeper() { return plugin_->keeper; }

  // The power fails, and the machine boots. There is no plugin until Start.
  void LosePower();

  // What kubelet names, and what it makes before a call and removes after it.
  static std::string StagingPath(const Claim& claim);
  static std::string TargetPath(const Claim& claim, int place);
  void BeforeStage(const Claim& claim);
  void AfterUnstage(const Claim& claim);
  void BeforePublish(const Claim& claim, int place);
  // With a directory that the driver could not remove.
  void AfterUnpublish(const Claim& claim, int place);

 private:
  struct Plugin {
    explicit Plugin(Machine& machine);
    Quarantine quarantine;
    VolumeLocks locks;
    Keeper keeper;
  };

  const NodeConfig config_;
  int boots_ = 0;
  FakeHost host_;
  std::unique_ptr<Plugin> plugin_;
};

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_MACHINE_H_
