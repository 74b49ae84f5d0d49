// SPDX-License-Identifier: Apache-2.0
// A site with one volume and two workers, and the plugins that act on it. Each effect that a plugin
// has behind its walls passes by here, so that it can be looked at and disturbed.
#ifndef RDS_CSI_TESTS_CRASH_WORLD_H_
#define RDS_CSI_TESTS_CRASH_WORLD_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "base/fake_clock.h"
#include "controller_process.h"
#include "disturbance.h"
#include "effect.h"
#include "scenario.h"
#include "site.h"

namespace rds_csi::world::crash {

inline constexpr int kWorkers = 2;

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

  Site& site() { return site_; }
  Claim& claim() { return claim_; }
  Disturbed disturbed() { return {claim_, clock_, deadline_}; }  // the call that is being made

 private:
  static size_t Index(int worker) { return static_cast<size_t>(worker - 1); }
  void Hook();
  void Look(const Effect& effect);
  absl::Status Carry(const Step& step);
  absl::Status CarryOrDie(const Step& step);
  void StartAnew(const Step& step);
  void KeepInStep();  // the clocks

  const RosBehaviour behaviour_;
  Site site_;
  Claim& claim_;
  FakeClock clock_;  // of the controller
  std::unique_ptr<ControllerProcess> controller_;
  std::shared_ptr<Watcher> watcher_;  // shared with a call that is in it when it ends
  bool loses_answer_ = false;
  bool rebooted_[kWorkers] = {};
  bool lost_power_[kWorkers] = {};
  absl::Time deadline_;
};

}  // namespace rds_csi::world::crash

#endif  // RDS_CSI_TESTS_CRASH_WORLD_H_
