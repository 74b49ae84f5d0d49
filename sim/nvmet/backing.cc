// SPDX-License-Identifier: Apache-2.0
#include "sim/nvmet/backing.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "sim/base/files.h"

namespace rds_csi::sim {
namespace {

constexpr std::string_view kLoopPrefix = "/dev/loop";

absl::Status FromErrno(std::string_view act, const std::string& path, int error) {
  return absl::UnavailableError(fmt::format("{} {}: {}", act, path, std::strerror(error)));
}

// The device closes with its last user (autoclear), so a crash leaves none behind.
int Configure(int loop, int file) {
  loop_config config{};
  config.fd = static_cast<__u32>(file);
  config.block_size = 512;
  config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
  return ioctl(loop, LOOP_CONFIGURE, &config) == 0 ? 0 : errno;
}

absl::StatusOr<Backing> AttachLoop(int control, int file) {
  for (;;) {
    const int number = ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0) return FromErrno("get a free number from", "/dev/loop-control", errno);
    Backing backing{
        .path = fmt::format("{}{}", kLoopPrefix, number), .is_file = false, .keep_alive = {}};
    backing.keep_alive = UniqueFd(open(backing.path.c_str(), O_RDWR | O_CLOEXEC));
    if (!backing.keep_alive.valid()) return FromErrno("open", backing.path, errno);
    const int error = Configure(backing.keep_alive.get(), file);
    if (error == 0) return backing;
    if (error != EBUSY) return FromErrno("configure", backing.path, error);  // EBUSY: lost a race
  }
}

}  // namespace

absl::StatusOr<Backing> LoopBackings::Attach(const std::string& path) {
  const UniqueFd file(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.valid()) return FromErrno("open", path, errno);
  const UniqueFd control(open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (control.valid()) {
    auto loop = AttachLoop(control.get(), file.get());
    if (loop.ok()) return loop;
  }
  return Backing{.path = path, .is_file = true, .keep_alive = {}};
}

absl::Status LoopBackings::Grow(const std::string& path) {
  if (path.rfind(kLoopPrefix, 0) != 0) return absl::OkStatus();
  const UniqueFd loop(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!loop.valid()) return FromErrno("open", path, errno);
  if (ioctl(loop.get(), LOOP_SET_CAPACITY) == 0) return absl::OkStatus();
  return FromErrno("grow", path, errno);
}

std::string LoopBackings::FileOf(const std::string& path) {
  if (path.rfind(kLoopPrefix, 0) != 0) return path;
  const std::string name = path.substr(std::string_view("/dev/").size());
  auto file = ReadFile(fmt::format("/sys/block/{}/loop/backing_file", name));
  if (!file.ok()) return path;
  if (!file->empty() && file->back() == '\n') file->pop_back();
  return *file;
}

}  // namespace rds_csi::sim
