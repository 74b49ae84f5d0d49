// SPDX-License-Identifier: Apache-2.0
// Mount options as people write them, sorted into what the kernel's calls take: attributes of the
// mount, and parameters of the filesystem.
#ifndef RDS_CSI_HOST_LINUX_MOUNT_OPTIONS_H_
#define RDS_CSI_HOST_LINUX_MOUNT_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace rds_csi {

struct MountOptions {
  uint64_t attributes = 0;  // MOUNT_ATTR_*, for fsmount(2)
  bool sets_atime = false;  // an atime option is among them; relatime is no bit
  unsigned long flags = 0;  // MS_*, the same for mount(2)
  // What the superblock is to know, for fsconfig(2): "ro", "sync", "errors=continue".
  std::vector<std::string> superblock;
  // Those of `superblock` that no bit of `flags` stands for: the data argument of mount(2).
  std::vector<std::string> data;
};

// ro nosuid nodev noexec noatime nodiratime relatime strictatime are the mount's; ro lazytime sync
// dirsync the superblock's; rw and defaults ask for nothing; everything else is the filesystem's.
MountOptions SortMountOptions(const std::vector<std::string>& options);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_MOUNT_OPTIONS_H_
