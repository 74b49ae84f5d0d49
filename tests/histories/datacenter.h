// SPDX-License-Identifier: Apache-2.0
// A site in virtual time: the plugins that run on it, what they do beside the calls, and what can
// happen to them, their machines and the RDS. Each effect takes a while, in which others act.
#ifndef RDS_CSI_TESTS_HISTORIES_DATACENTER_H_
#define RDS_CSI_TESTS_HISTORIES_DATACENTER_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/fake_clock.h"
#include "calls.h"
#include "controller_process.h"
#include "effect.h"
#include "plan.h"
#include "schedule.h"
#include "site.h"
#include "story.h"

namespace rds_csi::world::histories {

class Datacenter {
 public:
  Datacenter(const Plan& plan, Story& story);  // which outlive this

  Site& site() { return site_; }
  Schedule& schedule() { return schedule_; }
  Story& story() { return story_; }
  absl::Duration age() const { return schedule_.now() - begin_; }
  Claim& claim(int volume) { return site_.claims()[static_cast<size_t>(volume - 1)]; }
  int volumes() const { return volumes_; }

  // A call of whoever runs now. UNAVAILABLE: nobody listens, or the plugin was killed in it.
  struct Request {
    Verb verb;
    int volume;
    int worker = 1;
    int place = 1;
    int64_t size_bytes = kGrownSize;
    absl::Duration time;  // until the caller's deadline
  };
  absl::Status Ask(const Request& request);

  Process& node(int worker) { return nodes_[static_cast<size_t>(worker - 1)]; }
  Process& controller(int number) { return controllers_[static_cast<size_t>(number - 1)]; }

  // The process ends now, and is started again a little later.
  void Kill(Process& process);
  void PowerOff(int worker, absl::Duration time);
  std::function<void(int worker)> on_power_off;
  bool IsPowered(int worker) const { return !off_.contains(worker); }

  // Whether there is no Node object of a worker.
  bool IsGone(int worker) { return site_.cluster().gone.contains(site_.machine(worker).name()); }

  // Whether the network of a worker works, and the RDS runs.
  void Unplug(int worker, bool unplugged);
  bool IsUnplugged(int worker) const { return unplugged_.contains(worker); }
  // Since when nobody has heard of a worker; the end of time: it is there.
  absl::Time unseen_since(int worker) const {
    const auto since = unseen_since_.find(worker);
    return since == unseen_since_.end() ? absl::InfiniteFuture() : since->second;
  }
  void SetRdsDown(bool down);
  void SetSlow(bool slow) { slow_ = slow; }
  // The next change that is sent to the RDS times out, and is carried out that much later.
  void DelayNextCommand(absl::Duration lateness) { lateness_ = lateness; }
  void SetSecondLeader(bool leads) { second_leader_ = leads; }
  void SetApiAway(bool away) { site_.cluster().silent = away; }
  // What the controllers' caches show of VolumeAttachments stays as it is now.
  void SetCacheLags(bool lags) {
    FakeCluster& cluster = site_.cluster();
    cluster.seen = lags ? cluster.wanted : std::nullopt;
  }
  // A process has the devices of a worker open.
  void SetOpen(int worker, bool open);
  bool IsApiAway() { return site_.cluster().silent; }
  // Of a worker: what no live session holds up is given up by its kernel.
  void GiveUpConnections(int worker, absl::Duration after);
  // Something on the RDS was changed past the driver.
  void ShowRds() { site_.network().Show(); }

  void Tell(std::string_view who, std::string_view what) { story_.Tell(age(), who, what); }
  void Breach(const std::string& what);

 private:
  void Hook();
  void OnMachine(const Effect& effect);
  void OnRds(const RosCommand& command);
  void AfterRds(const RosCommand& command);
  bool Strike(const Effect& effect);  // whether it did
  void Replay(const RosCommand& command);
  absl::Duration LatencyOf(const Effect& effect) const;
  absl::Status Carry(const Request& request, Process& process, absl::Time deadline);
  absl::Status CarryOrDie(const Request& request, Process& process, absl::Time deadline);
  static void LeavePages(const Call& call);
  int ControllerFor(const Request& request) const;
  bool MayReconcile(int number) const;
  void Reconcile(int number);
  void StartNode(int worker, absl::Time at);
  void StartController(int number, absl::Time at);
  void RunKeeper(int worker);
  void RunReconciler(int number);
  void RunKernels();
  void RefreshNetwork();
  void ForgiveLostPages();

  const Plan& plan_;
  Story& story_;
  const int volumes_;
  Site site_;
  FakeClock clock_;  // of the controllers
  Schedule schedule_;
  const absl::Time begin_;
  std::deque<Process> nodes_;
  std::deque<Process> controllers_;
  std::vector<std::unique_ptr<ControllerProcess>> plugins_;  // of the controllers
  std::set<int> off_;
  std::set<int> unplugged_;
  std::map<int, absl::Time> unseen_since_;
  bool rds_down_ = false;
  bool slow_ = false;
  bool second_leader_ = false;
  bool replays_ = false;
  absl::Duration lateness_ = absl::ZeroDuration();
  absl::Time last_arrival_ = absl::InfinitePast();          // of commands that were late
  absl::Time leads_from_ = absl::InfinitePast();            // whichever controller
  int reconciles_ = 0;                                      // which controller; 0: none
  std::map<std::pair<int, int>, absl::Time> broken_since_;  // by worker and volume
  std::map<int, std::pair<int, int>> asked_;  // by volume: calls under way, and at which controller
};

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_DATACENTER_H_
