// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_KUBE_PAUSE_H_
#define RDS_CSI_KUBE_PAUSE_H_

#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "absl/time/time.h"

namespace rds_csi {

// Sleeps for `duration`, or until it is told to stop, at once. False: told to stop.
inline bool Pause(absl::Duration duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, absl::ToChronoNanoseconds(duration), [] { return false; });
  return !stop.stop_requested();
}

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_PAUSE_H_
