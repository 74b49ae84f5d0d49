// SPDX-License-Identifier: Apache-2.0
#include "baton.h"

#include <thread>

namespace rds_csi::crash {
namespace {

Actor Other(Actor actor) { return actor == Actor::kA ? Actor::kB : Actor::kA; }

}  // namespace

void Baton::Run(const std::function<void()>& a, const std::function<void()>& b) {
  const std::jthread first([&] { Act(Actor::kA, a); });
  const std::jthread second([&] { Act(Actor::kB, b); });
}

void Baton::Act(Actor actor, const std::function<void()>& act) {
  {
    std::unique_lock lock(mutex_);
    WaitFor(actor, lock);
  }
  act();
  const std::lock_guard lock(mutex_);
  other_ended_ = true;
  holder_ = Other(actor);
  handed_over_.notify_all();
}

void Baton::WaitFor(Actor actor, std::unique_lock<std::mutex>& lock) {
  handed_over_.wait(lock, [&] { return holder_ == actor; });
}

void Baton::HandOver() {
  std::unique_lock lock(mutex_);
  if (other_ended_) return;
  const Actor self = holder_;
  holder_ = Other(self);
  handed_over_.notify_all();
  WaitFor(self, lock);
}

Actor Baton::holder() {
  const std::lock_guard lock(mutex_);
  return holder_;
}

}  // namespace rds_csi::crash
