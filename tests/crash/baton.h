// SPDX-License-Identifier: Apache-2.0
// Two actors of whom one runs at a time: whoever has the baton.
#ifndef RDS_CSI_TESTS_CRASH_BATON_H_
#define RDS_CSI_TESTS_CRASH_BATON_H_

#include <condition_variable>
#include <functional>
#include <mutex>

namespace rds_csi::crash {

enum class Actor { kA, kB };

class Baton {
 public:
  // Runs both, each in a thread of its own, A first. Whoever returns hands the baton to the other
  // for good.
  void Run(const std::function<void()>& a, const std::function<void()>& b);

  // Of the one that has it: the other runs until it hands the baton back or has ended.
  void HandOver();

  // Who has it.
  Actor holder();

 private:
  void Act(Actor actor, const std::function<void()>& act);
  void WaitFor(Actor actor, std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable handed_over_;
  Actor holder_ = Actor::kA;  // guarded by mutex_, as is the one below
  bool other_ended_ = false;
};

}  // namespace rds_csi::crash

#endif  // RDS_CSI_TESTS_CRASH_BATON_H_
