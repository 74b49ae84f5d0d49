// SPDX-License-Identifier: Apache-2.0
// Mounts as they are and as they are asked for, without Abseil.
#ifndef RDS_CSI_HOST_MOUNT_H_
#define RDS_CSI_HOST_MOUNT_H_

#include <string>
#include <vector>

#include "host/device_number.h"

namespace rds_csi {

// A line of /proc/self/mountinfo (proc_pid_mountinfo(5)), octal escapes undone.
struct Mount {
  std::string target;
  std::string root;     // what of the filesystem is shown there: "/" or, for a bind, a part
  DeviceNumber number;  // of the filesystem
  std::string fs_type;
  std::string source;
  std::vector<std::string> options;        // of this mount: "rw", "noexec" …
  std::vector<std::string> super_options;  // of the filesystem: "rw", "errors=remount-ro" …
  bool read_only() const;
};

// A filesystem to mount.
struct MountRequest {
  std::string device;  // "/dev/nvme0n1"
  std::string target;  // a directory that exists
  std::string fs_type;
  std::vector<std::string>
      options;  // checked by CheckMountFlag; of the mount and of the filesystem
};

// A part of the tree to show at a second place.
struct BindRequest {
  std::string source;                // directory or device node
  std::string target;                // of the same kind; exists
  std::vector<std::string> options;  // only those of a mount: ro nosuid nodev noexec noatime …
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_MOUNT_H_
