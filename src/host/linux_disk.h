// SPDX-License-Identifier: Apache-2.0
// A disk with all the numbers and names it goes by, and what the kernel itself has built on it.
#ifndef RDS_CSI_HOST_LINUX_DISK_H_
#define RDS_CSI_HOST_LINUX_DISK_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/device_number.h"
#include "host/linux_outcome.h"

namespace rds_csi {

// The disk itself comes with its partitions: a guest that wrote a partition table on its volume has
// made some on this machine too.
struct Disk {
  std::set<DeviceNumber> numbers;
  std::set<std::string> names;  // "nvme0n1", "nvme0n1p1"
};

// From /sys/dev/block. A disk that is gone from there keeps its number and has no names: it may
// still be open.
Outcome FindDisk(const std::string& sys, DeviceNumber number, Disk& disk);

// Whether the file at `path` is a node of the disk. False also when the path cannot be looked at.
bool IsNodeOf(const Disk& disk, const std::string& path);

// Adds "holder NAME" for each device that sysfs shows on top of the disk, and for those of device
// mapper "holder NAME KIND LABEL": "holder dm-3 mpath mpatha".
Outcome FindHolders(const std::string& sys, const Disk& disk, std::vector<std::string>& lines);

// Adds "loop NAME" for each loop device over the disk. A loop device's backing file is known by the
// path it had where it was set up; where that leads nowhere here, the device itself is asked.
Outcome FindLoops(const std::string& sys, const std::string& dev, const Disk& disk,
                  std::vector<std::string>& lines);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_DISK_H_
