// SPDX-License-Identifier: Apache-2.0
#include "schedule.h"

#include <algorithm>

namespace rds_csi::world::histories {

Schedule::Schedule() : now_(FakeClock().Now()) {}

void Schedule::Stop() {
  stops_ = true;
  while (!tasks_.empty()) {
    Task& task = tasks_.front();
    queue_.erase(task.key);
    Run(task);
  }
  for (FakeClock* clock : clocks_) clock->SetSleep(nullptr);
}

void Schedule::Add(FakeClock& clock) {
  clocks_.push_back(&clock);
  clock.SetSleep([this, &clock](absl::Time time) {
    if (running_ == nullptr) return clock.MoveTo(time);
    SleepUntil(time);
  });
}

void Schedule::Start(absl::Time at, Context context, std::function<void()> act) {
  Task& task = tasks_.emplace_back();
  task.context = context;
  task.fiber.emplace([this, act = std::move(act)] { Act(act); });
  Queue(task, at);
}

// A plugin's own loop ends with it; nothing is caught while another task may run.
void Schedule::Act(const std::function<void()>& act) {
  if (stops_ || running_->killed) return;
  try {
    act();
  } catch (const PluginEnded&) {
    return;  // and with it the task
  }
}

void Schedule::Queue(Task& task, absl::Time at) {
  task.key = {std::max(at, now_), next_++};
  queue_.emplace(task.key, &task);
}

void Schedule::Pause() {
  Task& task = *running_;
  Fiber::Pause();
  if (stops_) throw Stopped();
  if (std::exchange(task.killed, false)) throw Killed();
}

void Schedule::SleepUntil(absl::Time time) {
  if (time <= now_) return;
  Queue(*running_, time);
  Pause();
}

void Schedule::WaitForChange() {
  running_->waits = true;
  Pause();
}

void Schedule::NotifyAll() {
  for (Task& task : tasks_) {
    if (std::exchange(task.waits, false)) Queue(task, now_);
  }
}

void Schedule::Kill(const Process& process) {
  for (Task& task : tasks_) {
    if (&task == running_ || task.context.process != &process) continue;
    task.killed = true;
    queue_.erase(task.key);
    task.waits = false;
    task.key = {absl::InfinitePast(), next_++};
    queue_.emplace(task.key, &task);
  }
}

void Schedule::Run(Task& task) {
  running_ = &task;
  task.fiber->Resume();
  running_ = nullptr;
  if (!task.fiber->ended()) return;
  tasks_.remove_if([&](const Task& each) { return &each == &task; });
}

void Schedule::MoveClocks() {
  for (FakeClock* clock : clocks_) clock->MoveTo(now_);
}

void Schedule::RunUntil(absl::Time end) {
  while (!queue_.empty() && queue_.begin()->first.first <= end) {
    Task& task = *queue_.begin()->second;
    if (task.key.first > now_) {
      now_ = task.key.first;
      MoveClocks();
    }
    queue_.erase(queue_.begin());
    ++wakes_;
    Run(task);
  }
  now_ = std::max(now_, end);
  MoveClocks();
}

}  // namespace rds_csi::world::histories
