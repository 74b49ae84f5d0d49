// SPDX-License-Identifier: Apache-2.0
#include "host/linux_mounts.h"

#include "base/errno_status.h"
#include "host/linux_read.h"

namespace rds_csi {
namespace {

constexpr size_t kMountInfoLimit = 256 << 20;

}  // namespace

absl::StatusOr<std::vector<Mount>> LinuxMounts::List() {
  // The file comes in pieces, and mounts may come and go between two of them; from Linux 5.8 on its
  // cursor sees to it that those which stay are all there.
  const Outcome table = ReadWhole("/proc/self/mountinfo", kMountInfoLimit);
  if (!table.ok()) return ErrnoStatus(table.error, table.text);
  return ParseMountInfo(table.text);
}

absl::Status LinuxMounts::MountFilesystem(const MountRequest& request, absl::Time deadline) {
  std::vector<std::string> arguments = {"mount", request.device, request.target, request.fs_type};
  arguments.insert(arguments.end(), request.options.begin(), request.options.end());
  return RunIo(exec_, arguments, "", deadline).status();
}

absl::Status LinuxMounts::Bind(const BindRequest& request, absl::Time deadline) {
  std::vector<std::string> arguments = {"bind", request.source, request.target};
  arguments.insert(arguments.end(), request.options.begin(), request.options.end());
  return RunIo(exec_, arguments, "", deadline).status();
}

absl::Status LinuxMounts::Unmount(const std::string& target, absl::Time deadline) {
  return RunIo(exec_, {"unmount", target}, "", deadline).status();
}

}  // namespace rds_csi
