// SPDX-License-Identifier: Apache-2.0
// The kernel's uevents as an alarm clock: they say that something changed, sysfs says what.
#ifndef RDS_CSI_HOST_EVENTS_H_
#define RDS_CSI_HOST_EVENTS_H_

#include <cstdint>

#include "absl/time/time.h"

namespace rds_csi {

class Events {
 public:
  virtual ~Events() = default;

  // Grows with every uevent of the block and nvme subsystems. Read it before looking at sysfs.
  virtual uint64_t Count() = 0;

  // Returns when Count() is no longer `seen`, or at `deadline`, or after 250 ms: an event may get
  // lost, so waiting for one is never the only way on.
  virtual void Wait(uint64_t seen, absl::Time deadline) = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_EVENTS_H_
