// SPDX-License-Identifier: Apache-2.0
// Whether the plugin can do its work, checked in the background, so that Probe answers at once
// however long the RDS takes (IDN-1).
#ifndef RDS_CSI_CSI_READINESS_H_
#define RDS_CSI_CSI_READINESS_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace rds_csi {

class Readiness {
 public:
  // OK: ready. FAILED_PRECONDITION: not ready, and waiting will not mend it. Anything else: not
  // ready now. Must return by `deadline`.
  using Check = std::function<absl::Status(absl::Time deadline)>;

  // Checks from now on: every 15 s while all is well, sooner while not. Each change is logged.
  explicit Readiness(Check check);

  // Waits for a check that is running.
  ~Readiness();

  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // What the last check said; UNAVAILABLE before the first has ended. Never blocks.
  absl::Status Latest() const;

 private:
  void Run();
  void Put(const absl::Status& status);
  // False: it is time to stop.
  bool Pause(absl::Duration duration);

  const Check check_;
  mutable std::mutex mutex_;  // of the two below
  absl::Status latest_;
  bool stop_ = false;
  std::condition_variable stopped_;
  std::thread thread_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_READINESS_H_
