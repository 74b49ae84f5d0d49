// SPDX-License-Identifier: Apache-2.0
#include "sim/router/state_saver.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "sim/base/status_macros.h"

namespace rds_csi::sim {

StateSaver::StateSaver(std::string path, std::function<SavedState()> snapshot)
    : path_(std::move(path)), snapshot_(std::move(snapshot)), thread_([this] { Run(); }) {}

StateSaver::~StateSaver() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void StateSaver::Touch() {
  const std::lock_guard lock(mutex_);
  dirty_ = true;
  wake_.notify_all();
}

void StateSaver::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return dirty_ || stopping_; });
    if (!dirty_) return;
    dirty_ = false;
    lock.unlock();
    const auto start = std::chrono::steady_clock::now();
    const absl::Status saved = SaveState(path_, snapshot_());
    if (!saved.ok()) fmt::print(stderr, "rds-sim: {}\n", Message(saved));
    const auto pause = 10 * (std::chrono::steady_clock::now() - start);
    lock.lock();
    wake_.wait_for(lock, pause, [this] { return stopping_; });
  }
}

}  // namespace rds_csi::sim
