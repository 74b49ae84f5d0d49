// SPDX-License-Identifier: Apache-2.0
#include "host/linux_statfs.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstdint>

namespace rds_csi {

Outcome FilesystemUsage(const std::string& path) {
  struct statvfs usage = {};
  if (statvfs(path.c_str(), &usage) != 0) return Failed(errno, fmt::format("statfs {}", path));
  const uint64_t unit = usage.f_frsize;
  return Done(fmt::format("{} {} {} {} {} {}\n", usage.f_blocks * unit,
                          (usage.f_blocks - usage.f_bfree) * unit, usage.f_bavail * unit,
                          usage.f_files, usage.f_files - usage.f_ffree, usage.f_ffree));
}

}  // namespace rds_csi
