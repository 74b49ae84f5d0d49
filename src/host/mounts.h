// SPDX-License-Identifier: Apache-2.0
// What is mounted where. The list comes from the kernel at every call; nothing is remembered.
#ifndef RDS_CSI_HOST_MOUNTS_H_
#define RDS_CSI_HOST_MOUNTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/mount.h"

namespace rds_csi {

// The lines of a mountinfo file. Lines that cannot be read are an error, not skipped: a mount that
// is overlooked is a volume disconnected under its user. INTERNAL quoting the line.
absl::StatusOr<std::vector<Mount>> ParseMountInfo(std::string_view text);

// Those at `target`, the one on top last.
std::vector<Mount> MountsAt(const std::vector<Mount>& mounts, std::string_view target);

// The three that act run in a child that can be killed. DEADLINE_EXCEEDED: it was killed, and
// whether the kernel carried it out must be looked up. ABORTED: it cannot even be killed.
class Mounts {
 public:
  virtual ~Mounts() = default;

  virtual absl::StatusOr<std::vector<Mount>> List() = 0;

  // With the kernel's own words in the error where it gives any: "ext4: Unknown parameter 'x'".
  virtual absl::Status MountFilesystem(const MountRequest& request, absl::Time deadline) = 0;

  // The new mount joins no peer group of its source (PUB-8), and is read-only from its first
  // moment if so asked.
  virtual absl::Status Bind(const BindRequest& request, absl::Time deadline) = 0;

  // Takes off the mount on top of `target`. NOT_FOUND when nothing is mounted there.
  // FAILED_PRECONDITION: busy.
  virtual absl::Status Unmount(const std::string& target, absl::Time deadline) = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_MOUNTS_H_
