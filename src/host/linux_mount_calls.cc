// SPDX-License-Identifier: Apache-2.0
#include "host/linux_mount_calls.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/text.h"
#include "host/linux_fd.h"
#include "host/linux_mount_options.h"

namespace rds_csi {
namespace {

std::string Words(const MountRequest& request) {
  return fmt::format("mount {} {} at {}", request.fs_type, request.device, request.target);
}

std::string Words(const BindRequest& request) {
  return fmt::format("bind {} at {}", request.source, request.target);
}

// What the kernel wrote about errors to a filesystem's context: messages like "e ext4: Unknown
// parameter 'x'", one a read(2), until ENODATA.
std::string KernelWords(int context) {
  std::string words;
  std::array<char, 4096> message;
  for (ssize_t count = 0; (count = read(context, message.data(), message.size())) > 0;) {
    const std::string_view text(message.data(), static_cast<size_t>(count));
    if (text.substr(0, 2) == "e ") words += fmt::format(": {}", Trim(text.substr(2)));
  }
  return words;
}

int Configure(int context, const std::string& option) {
  const size_t equals = option.find('=');
  if (equals == std::string::npos) {
    return fsconfig(context, FSCONFIG_SET_FLAG, option.c_str(), nullptr, 0);
  }
  return fsconfig(context, FSCONFIG_SET_STRING, option.substr(0, equals).c_str(),
                  option.substr(equals + 1).c_str(), 0);
}

int ConfigureAll(int context, const MountRequest& request, const MountOptions& options) {
  if (fsconfig(context, FSCONFIG_SET_STRING, "source", request.device.c_str(), 0) != 0) return -1;
  for (const std::string& option : options.superblock) {
    if (Configure(context, option) != 0) return -1;
  }
  return fsconfig(context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
}

int Place(const Fd& mount, const std::string& target) {
  return move_mount(mount.get(), "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH);
}

bool IsMountPoint(const std::string& path) {
  struct statx result = {};
  return statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
               0, &result) == 0 &&
         (result.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

}  // namespace

Outcome MountByCalls(const MountRequest& request) {
  const Fd context(fsopen(request.fs_type.c_str(), FSOPEN_CLOEXEC));
  if (!context.ok() && errno == ENOSYS) return MountByOldCall(request);
  if (!context.ok()) return Failed(errno, Words(request));

  const MountOptions options = SortMountOptions(request.options);
  const auto failed = [&request, &context] {
    const int error = errno;
    return Failed(error, Words(request) + KernelWords(context.get()));
  };
  if (ConfigureAll(context.get(), request, options) != 0) return failed();
  const Fd mount(
      fsmount(context.get(), FSMOUNT_CLOEXEC, static_cast<unsigned int>(options.attributes)));
  if (!mount.ok() || Place(mount, request.target) != 0) return failed();
  return Done();
}

Outcome MountByOldCall(const MountRequest& request) {
  const MountOptions options = SortMountOptions(request.options);
  // mount(2) follows a link at the end of its target; move_mount(2) would not.
  const Fd target(open(request.target.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!target.ok()) return Failed(errno, Words(request));
  const std::string place = fmt::format("/proc/self/fd/{}", target.get());
  if (mount(request.device.c_str(), place.c_str(), request.fs_type.c_str(), options.flags,
            Join(options.data, ",").c_str()) != 0) {
    return Failed(errno, Words(request));
  }
  return Done();
}

Outcome BindByCalls(const BindRequest& request) {
  const MountOptions options = SortMountOptions(request.options);
  for (const std::string& option : options.superblock) {
    if (option != "ro") {
      return Failed(EINVAL, fmt::format("{}: {} is no option of a bind", Words(request), option));
    }
  }
  const Fd source(open(request.source.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat status = {};
  if (!source.ok() || fstat(source.get(), &status) != 0) return Failed(errno, Words(request));
  if (S_ISLNK(status.st_mode)) return Failed(ELOOP, Words(request));

  const Fd clone(open_tree(source.get(), "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!clone.ok()) return Failed(errno, Words(request));
  mount_attr attributes = {};
  attributes.attr_set = options.attributes;
  attributes.attr_clr = options.sets_atime ? MOUNT_ATTR__ATIME : 0;
  attributes.propagation = MS_PRIVATE;
  if (mount_setattr(clone.get(), "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) != 0 ||
      Place(clone, request.target) != 0) {
    return Failed(errno, Words(request));
  }
  return Done();
}

Outcome UnmountByCall(const std::string& target) {
  if (umount2(target.c_str(), UMOUNT_NOFOLLOW) == 0) return Done();
  const int error = errno;
  // EINVAL is also what a locked mount or a wrong flag gives: only a look tells.
  if (error == EINVAL && !IsMountPoint(target)) {
    return Failed(ENOENT, fmt::format("unmount {}: nothing is mounted there", target));
  }
  return Failed(error, fmt::format("unmount {}", target));
}

}  // namespace rds_csi
