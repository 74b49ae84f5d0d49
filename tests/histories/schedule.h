// SPDX-License-Identifier: Apache-2.0
// Virtual time: everything that is going on at once is a task, of which one runs until it sleeps.
// Time is when the next one wakes up. Two that wake at the same time run in the order in which they
// fell asleep, so that a run is the same each time.
#ifndef RDS_CSI_TESTS_HISTORIES_SCHEDULE_H_
#define RDS_CSI_TESTS_HISTORIES_SCHEDULE_H_

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "claim.h"
#include "effect.h"
#include "fiber.h"
#include "verb.h"

namespace rds_csi::world::histories {

// A plugin that runs, or does not.
struct Process {
  std::string name;
  int worker = 0;  // 0: a controller
  bool up = true;
  bool cut_off = false;  // from the RDS
  int kill_in = 0;       // so many effects; 0: not
  int disturb_in = 0;
  int choice = 0;  // of disturbances
};

class Schedule {
 public:
  // What a task does for whom while it is in a plugin.
  struct Context {
    Process* process = nullptr;  // none: nobody who could be killed
    Claim* claim = nullptr;
    Verb verb = Verb::kKeep;
    absl::Time deadline = absl::InfiniteFuture();
  };

  Schedule();
  ~Schedule() { Stop(); }

  absl::Time now() const { return now_; }
  uint64_t wakes() const { return wakes_; }

  // A clock that shows the time, and on which tasks sleep. Outlives this.
  void Add(FakeClock& clock);

  void Start(absl::Time at, Context context, std::function<void()> act);
  void RunUntil(absl::Time end);
  // Every task ends where it is. Whatever tasks use must still be there.
  void Stop();

  // Of the task that runs; may throw Killed.
  Context& context() { return running_->context; }
  bool IsInTask() const { return running_ != nullptr; }
  void SleepUntil(absl::Time time);
  void Sleep(absl::Duration duration) { SleepUntil(now_ + duration); }
  void WaitForChange();

  // Whoever waits looks again.
  void NotifyAll();
  // Every other task that is in `process` is thrown out of it with Killed, before anything else.
  void Kill(const Process& process);

 private:
  using Key = std::pair<absl::Time, uint64_t>;
  struct Task {
    std::optional<Fiber> fiber;
    Context context;
    Key key;
    bool waits = false;
    bool killed = false;
  };
  struct Stopped : PluginEnded {};

  void Act(const std::function<void()>& act);
  void Queue(Task& task, absl::Time at);
  void Pause();
  void Run(Task& task);
  void MoveClocks();

  absl::Time now_;
  uint64_t next_ = 0;
  uint64_t wakes_ = 0;
  bool stops_ = false;
  std::list<Task> tasks_;
  std::map<Key, Task*> queue_;
  std::vector<FakeClock*> clocks_;
  Task* running_ = nullptr;
};

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_SCHEDULE_H_
