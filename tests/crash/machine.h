// SPDX-License-Identifier: Apache-2.0
// A worker: its kernel and disk, the node plugin that runs on it, and kubelet's folders.
#ifndef RDS_CSI_TESTS_CRASH_MACHINE_H_
#define RDS_CSI_TESTS_CRASH_MACHINE_H_

#include <memory>
#include <string>
#include <vector>

#include "base/volume_locks.h"
#include "host/fake_host.h"
#include "node/keeper.h"
#include "node/node.h"
#include "observe/report.h"

namespace rds_csi::crash {

inline constexpr char kPersistentVolume[] = "pvc-1";

// Hears nothing.
class NoReports final : public Reporter {
 public:
  void Tell(const Report&) override {}
};

class Machine {
 public:
  Machine(int number, int anchor_seconds, bool block);

  FakeHost& host() { return host_; }
  const NodeConfig& config() const { return config_; }
  std::string name() const { return config_.node.str(); }
  std::vector<Mount> mounts() { return *host_.host().mounts.List(); }

  // The plugin that runs. Start: a new one, which knows nothing but what it finds.
  void Start();
  Node node() { return {host_.host(), config_, reports_, plugin_->quarantine}; }
  VolumeLocks& locks() { return plugin_->locks; }
  Keeper& keeper() { return plugin_->keeper; }

  // The power fails; the machine and its plugin start anew.
  void LosePower();

  // What kubelet names, and what it makes before a call and removes after it.
  std::string staging_path() const;
  std::string target_path(int place) const;
  void BeforeStage();
  void AfterUnstage();
  void BeforePublish(int place);
  void AfterUnpublish(int place);  // with a directory that the driver could not remove

 private:
  struct Plugin {
    Plugin(Machine& machine);
    Quarantine quarantine;
    VolumeLocks locks;
    Keeper keeper;
  };

  const NodeConfig config_;
  const bool block_;
  int boots_ = 0;
  FakeHost host_;
  NoReports reports_;
  std::unique_ptr<Plugin> plugin_;
};

}  // namespace rds_csi::crash

#endif  // RDS_CSI_TESTS_CRASH_MACHINE_H_
