// SPDX-License-Identifier: Apache-2.0
// Something that is done a piece at a time: it runs on a stack of its own, on the thread of whoever
// resumes it, until it pauses or ends. So of many that act at once exactly one runs, what comes
// after what is decided by the one that resumes them, and a run can be repeated.
#ifndef RDS_CSI_TESTS_WORLD_FIBER_H_
#define RDS_CSI_TESTS_WORLD_FIBER_H_

#include <functional>
#include <memory>

namespace rds_csi::world {

class Fiber {
 public:
  // `act` does not begin yet. It lets no exception out.
  explicit Fiber(std::function<void()> act);
  ~Fiber();  // it has ended, or never begun
  Fiber(const Fiber&) = delete;

  // Goes on until it pauses or ends. Not from within another one.
  void Resume();
  bool ended() const { return ended_; }

  // The one that runs; none: whoever resumes them.
  static Fiber* Current();
  // Of the current one; not while an exception is under way.
  static void Pause();

 private:
  struct Stack;
  static void Begin();
  void Leave(bool for_good);

  std::function<void()> act_;
  std::unique_ptr<Stack> stack_;
  bool ended_ = false;
};

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_FIBER_H_
