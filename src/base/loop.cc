// SPDX-License-Identifier: Apache-2.0
#include "base/loop.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace rds_csi {
namespace {

void Pause(const std::stop_token& stop, absl::Duration duration) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never_notified;
  never_notified.wait_for(lock, stop, absl::ToChronoMilliseconds(duration), [] { return false; });
}

void Run(const std::stop_token& stop, const Loop::Round& round) {
  do {
    Pause(stop, round(stop));
  } while (!stop.stop_requested());
}

}  // namespace

Loop::Loop(Round round)
    : thread_([round = std::move(round)](const std::stop_token& stop) { Run(stop, round); }) {}

}  // namespace rds_csi
