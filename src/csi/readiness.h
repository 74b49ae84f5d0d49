// SPDX-License-Identifier: Apache-2.0
// Whether the plugin can do its work, checked in the background, so that Probe answers at once
// however long the RDS takes (IDN-1).
#ifndef RDS_CSI_CSI_READINESS_H_
#define RDS_CSI_CSI_READINESS_H_

#include <functional>
#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/backoff.h"
#include "base/loop.h"

namespace rds_csi {

class Readiness {
 public:
  // OK: ready. FAILED_PRECONDITION: not ready, and waiting will not mend it. Anything else: not
  // ready now. Must return by `deadline`.
  using Check = std::function<absl::Status(absl::Time deadline)>;

  // Checks from now on: every 15 s while all is well, sooner while not. Each change is logged.
  explicit Readiness(Check check);

  // Waits for a check that is running.
  ~Readiness() = default;

  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // What the last check said; UNAVAILABLE before the first has ended. Never blocks.
  absl::Status Latest() const;

 private:
  // Answers how long the next one may wait.
  absl::Duration CheckOnce();
  void Put(const absl::Status& status);

  const Check check_;
  Backoff backoff_;
  mutable std::mutex mutex_;  // of latest_
  absl::Status latest_;
  Loop loop_;  // the last member: it uses all the others
};

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_READINESS_H_
