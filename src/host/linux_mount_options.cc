// SPDX-License-Identifier: Apache-2.0
#include "host/linux_mount_options.h"

#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace rds_csi {
namespace {

struct GenericOption {
  std::string_view name;
  uint64_t attribute;
  unsigned long flag;
  bool is_atime;
  bool is_superblock;
};

constexpr std::array<GenericOption, 13> kGeneric = {{
    {"defaults", 0, 0, false, false},
    {"rw", 0, 0, false, false},
    {"ro", MOUNT_ATTR_RDONLY, MS_RDONLY, false, true},
    {"nosuid", MOUNT_ATTR_NOSUID, MS_NOSUID, false, false},
    {"nodev", MOUNT_ATTR_NODEV, MS_NODEV, false, false},
    {"noexec", MOUNT_ATTR_NOEXEC, MS_NOEXEC, false, false},
    {"nodiratime", MOUNT_ATTR_NODIRATIME, MS_NODIRATIME, false, false},
    {"noatime", MOUNT_ATTR_NOATIME, MS_NOATIME, true, false},
    {"relatime", MOUNT_ATTR_RELATIME, MS_RELATIME, true, false},
    {"strictatime", MOUNT_ATTR_STRICTATIME, MS_STRICTATIME, true, false},
    {"lazytime", 0, MS_LAZYTIME, false, true},
    {"sync", 0, MS_SYNCHRONOUS, false, true},
    {"dirsync", 0, MS_DIRSYNC, false, true},
}};

constexpr unsigned long kAtimeFlags = MS_NOATIME | MS_RELATIME | MS_STRICTATIME;

void Apply(const GenericOption& option, MountOptions& sorted) {
  if (option.is_atime) {  // one value, not bits: the last one counts
    sorted.sets_atime = true;
    sorted.attributes &= ~static_cast<uint64_t>(MOUNT_ATTR__ATIME);
    sorted.flags &= ~kAtimeFlags;
  }
  sorted.attributes |= option.attribute;
  sorted.flags |= option.flag;
  if (option.is_superblock) sorted.superblock.emplace_back(option.name);
}

}  // namespace

MountOptions SortMountOptions(const std::vector<std::string>& options) {
  MountOptions sorted;
  for (const std::string& option : options) {
    const auto* generic = std::find_if(
        kGeneric.begin(), kGeneric.end(),
        [&option](const GenericOption& candidate) { return candidate.name == option; });
    if (generic != kGeneric.end()) {
      Apply(*generic, sorted);
    } else {
      sorted.superblock.push_back(option);
      sorted.data.push_back(option);
    }
  }
  return sorted;
}

}  // namespace rds_csi
