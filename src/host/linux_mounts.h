// SPDX-License-Identifier: Apache-2.0
// Mounts: the list from /proc/self/mountinfo, the acts by rds-csi-io.
#ifndef RDS_CSI_HOST_LINUX_MOUNTS_H_
#define RDS_CSI_HOST_LINUX_MOUNTS_H_

#include <string>
#include <vector>

#include "host/exec.h"
#include "host/mounts.h"

namespace rds_csi {

class LinuxMounts final : public Mounts {
 public:
  explicit LinuxMounts(Exec& exec) : exec_(exec) {}

  absl::StatusOr<std::vector<Mount>> List() override;
  absl::Status MountFilesystem(const MountRequest& request, absl::Time deadline) override;
  absl::Status Bind(const BindRequest& request, absl::Time deadline) override;
  absl::Status Unmount(const std::string& target, absl::Time deadline) override;

 private:
  Exec& exec_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_MOUNTS_H_
