// SPDX-License-Identifier: Apache-2.0
// Who has a device in use (USE-1): processes with it open, mounts of it in any mount namespace,
// device-mapper and md holders, loop devices on it. All are matched by device number; the search is
// done by rds-csi-io, since it may meet dead storage on its way.
#ifndef RDS_CSI_NVME_OPENERS_H_
#define RDS_CSI_NVME_OPENERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/host.h"

namespace rds_csi {

// What was found out, as a value (USE-5).
struct DeviceUse {
  enum class Outcome { kFree, kInUse, kTimedOut, kFailed };
  Outcome outcome = Outcome::kFree;
  // "qemu-kvm[PID:4711]", "mount[/var/…]", "dm-3[holder]", "dm-3[holder, LVM vg-data]" …; one that
  // multipathd made comes with the line that keeps multipathd away.
  std::vector<std::string> users;
  std::string reason;  // of kTimedOut and kFailed
};

// At most 5 s.
DeviceUse FindDeviceUse(const Host& host, DeviceNumber number);

// The users from rds-csi-io's lines (host/io_protocol.h). INTERNAL quoting a line it cannot read.
absl::StatusOr<std::vector<std::string>> ParseOpeners(std::string_view lines);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_OPENERS_H_
