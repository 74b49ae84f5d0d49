// SPDX-License-Identifier: Apache-2.0
#include "host/linux_disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <optional>

#include "base/text.h"
#include "host/device_number.h"
#include "host/linux_fd.h"
#include "host/linux_read.h"

namespace rds_csi {
namespace {

constexpr size_t kAttributeLimit = 64 << 10;

// ENXIO, ENODEV: what sysfs answers for a device that is just being removed.
bool IsGone(int error) { return error == ENOENT || error == ENXIO || error == ENODEV; }

// The value of KEY in a uevent file: lines of KEY=VALUE.
std::string UeventValue(std::string_view uevent, std::string_view key) {
  for (const std::string_view line : Lines(uevent)) {
    if (line.size() > key.size() && line.substr(0, key.size()) == key && line[key.size()] == '=') {
      return std::string(line.substr(key.size() + 1));
    }
  }
  return {};
}

Outcome AddDevice(const std::string& folder, Disk& disk) {
  const Outcome uevent = ReadWhole(folder + "/uevent", kAttributeLimit);
  if (!uevent.ok()) return IsGone(uevent.error) ? Done() : uevent;
  const std::optional<DeviceNumber> number =
      FindDeviceNumber(UeventValue(uevent.text, "MAJOR") + ":" + UeventValue(uevent.text, "MINOR"));
  if (number) disk.numbers.insert(*number);
  if (const std::string name = UeventValue(uevent.text, "DEVNAME"); !name.empty()) {
    disk.names.insert(name);
  }
  return Done();
}

DeviceNumber Numbered(uint64_t device) {
  return {.major = gnu_dev_major(device), .minor = gnu_dev_minor(device)};
}

// Asks the loop device what it is over. ENXIO: over nothing (any more).
Outcome AskLoop(const std::string& node, const Disk& disk, bool& over_disk) {
  const Fd fd(open(node.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  loop_info64 info = {};
  if (!fd.ok() || ioctl(fd.get(), LOOP_GET_STATUS64, &info) != 0) {
    return IsGone(errno) ? Done() : Failed(errno, fmt::format("ask {} for its backing", node));
  }
  over_disk = disk.numbers.contains(Numbered(info.lo_rdevice));
  return Done();
}

Outcome IsLoopOver(const std::string& backing, const std::string& node, const Disk& disk,
                   bool& over_disk) {
  constexpr std::string_view kDev = "/dev/";
  struct stat status = {};
  if (stat(backing.c_str(), &status) != 0) {
    over_disk = backing.starts_with(kDev) && disk.names.contains(backing.substr(kDev.size()));
    return over_disk ? Done() : AskLoop(node, disk, over_disk);
  }
  over_disk = S_ISBLK(status.st_mode) && disk.numbers.contains(Numbered(status.st_rdev));
  return Done();
}

std::string FirstLine(const std::string& path) {
  const Outcome read = ReadWhole(path, kAttributeLimit);
  return read.ok() ? read.text.substr(0, read.text.find('\n')) : "";
}

// " KIND NAME" of a device-mapper device; empty for any other. The UUID begins with the kind of
// whoever made it: "mpath-3600…", "LVM-…", "CRYPT-LUKS2-…".
std::string DescribeMapped(const std::string& holder) {
  const std::string name = FirstLine(holder + "/dm/name");
  if (name.empty()) return "";
  const std::string uuid = FirstLine(holder + "/dm/uuid");
  return fmt::format(" {} {}", uuid.empty() ? "dm" : uuid.substr(0, uuid.find('-')), name);
}

}  // namespace

Outcome FindDisk(const std::string& sys, DeviceNumber number, Disk& disk) {
  disk.numbers.insert(number);
  const std::string folder = fmt::format("{}/dev/block/{}", sys, ToString(number));
  std::vector<std::string> names;
  if (const int error = ListDirectory(folder, names); error != 0) {
    return IsGone(error) ? Done() : Failed(error, fmt::format("list {}", folder));
  }
  if (Outcome outcome = AddDevice(folder, disk); !outcome.ok()) return outcome;
  for (const std::string& name : names) {
    const std::string partition = fmt::format("{}/{}", folder, name);
    const Outcome marker = ReadWhole(partition + "/partition", kAttributeLimit);
    if (!marker.ok()) continue;  // no partition
    if (Outcome outcome = AddDevice(partition, disk); !outcome.ok()) return outcome;
  }
  return Done();
}

bool IsNodeOf(const Disk& disk, const std::string& path) {
  struct statx status = {};
  return statx(AT_FDCWD, path.c_str(), AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_TYPE, &status) ==
             0 &&
         S_ISBLK(status.stx_mode) &&
         disk.numbers.contains({.major = status.stx_rdev_major, .minor = status.stx_rdev_minor});
}

Outcome FindHolders(const std::string& sys, const Disk& disk, std::vector<std::string>& lines) {
  for (const DeviceNumber number : disk.numbers) {
    const std::string folder = fmt::format("{}/dev/block/{}/holders", sys, ToString(number));
    std::vector<std::string> holders;
    if (const int error = ListDirectory(folder, holders); error != 0 && !IsGone(error)) {
      return Failed(error, fmt::format("list {}", folder));
    }
    for (const std::string& holder : holders) {
      const std::string mapped = DescribeMapped(fmt::format("{}/{}", folder, holder));
      lines.push_back(fmt::format("holder {}{}", holder, mapped));
    }
  }
  return Done();
}

Outcome FindLoops(const std::string& sys, const std::string& dev, const Disk& disk,
                  std::vector<std::string>& lines) {
  std::vector<std::string> names;
  if (const int error = ListDirectory(sys + "/block", names); error != 0) {
    return Failed(error, fmt::format("list {}/block", sys));
  }
  for (const std::string& name : names) {
    if (!name.starts_with("loop")) continue;
    Outcome backing =
        ReadWhole(fmt::format("{}/block/{}/loop/backing_file", sys, name), kAttributeLimit);
    if (IsGone(backing.error)) continue;  // not in use
    if (!backing.ok()) return backing;
    bool over_disk = false;
    const std::string path(backing.text.substr(0, backing.text.find('\n')));
    if (Outcome outcome = IsLoopOver(path, fmt::format("{}/{}", dev, name), disk, over_disk);
        !outcome.ok()) {
      return outcome;
    }
    if (over_disk) lines.push_back("loop " + name);
  }
  return Done();
}

}  // namespace rds_csi
