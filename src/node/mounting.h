// SPDX-License-Identifier: Apache-2.0
// Questions about mounts that several verbs ask, and taking mounts away.
#ifndef RDS_CSI_NODE_MOUNTING_H_
#define RDS_CSI_NODE_MOUNTING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/host.h"

namespace rds_csi {

// The mount that is seen at `target`, now or in a list; none when nothing is mounted there.
std::optional<Mount> FindMount(const std::vector<Mount>& mounts, const std::string& target);
absl::StatusOr<std::optional<Mount>> FindMount(Mounts& mounts, const std::string& target);

// Whether an NVMe device is mounted there that is not of the volume `nqn`. A device that is gone is
// nobody's.
bool IsAnotherVolume(const Host& host, const Mount& mount, const std::string& nqn);

// Takes mount after mount off `target` until none is left (PUB-7). FAILED_PRECONDITION: busy.
absl::Status UnmountAll(const Host& host, const std::string& target, absl::Time deadline);

// The bind mounts of the device node `device` ("/dev/nvme0n1").
std::vector<Mount> BindsOfDevice(const std::vector<Mount>& mounts, const std::string& device);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_MOUNTING_H_
