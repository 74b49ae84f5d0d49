// SPDX-License-Identifier: Apache-2.0
#include "host/linux_device.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>

namespace rds_csi {

Outcome OpenDevice(const std::string& device, int flags, Fd& fd) {
  fd = Fd(open(device.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags));
  struct stat status = {};
  if (!fd.ok() || fstat(fd.get(), &status) != 0) {
    return Failed(errno, fmt::format("open {}", device));
  }
  if (!S_ISBLK(status.st_mode)) return Failed(ENOTBLK, fmt::format("open {}", device));
  return Done();
}

Outcome SetDeviceReadOnly(const std::string& device, bool read_only) {
  Fd fd;
  if (Outcome outcome = OpenDevice(device, 0, fd); !outcome.ok()) return outcome;
  const int value = read_only ? 1 : 0;
  if (ioctl(fd.get(), BLKROSET, &value) != 0) {
    return Failed(errno, fmt::format("make {} {}", device, read_only ? "read-only" : "writable"));
  }
  return Done();
}

}  // namespace rds_csi
