// SPDX-License-Identifier: Apache-2.0
// The system calls behind the mount verbs of rds-csi-io. Any of them may block on dead storage.
#ifndef RDS_CSI_HOST_LINUX_MOUNT_CALLS_H_
#define RDS_CSI_HOST_LINUX_MOUNT_CALLS_H_

#include <string>

#include "host/linux_outcome.h"
#include "host/mount.h"

namespace rds_csi {

// fsopen(2), fsconfig(2), fsmount(2), move_mount(2); the words of an error hold what the kernel
// wrote to the filesystem's context. mount(2) only where the kernel has no fsopen(2). A symbolic
// link at the end of the target is not followed. On an error nothing is mounted.
Outcome MountByCalls(const MountRequest& request);

// The same by mount(2), for kernels and sandboxes without fsopen(2).
Outcome MountByOldCall(const MountRequest& request);

// A detached clone (open_tree(2)) gets its attributes and leaves its source's peer group
// (mount_setattr(2)), and only then a place: nobody ever sees it writable. ELOOP when the source is
// a symbolic link; EINVAL for an option that is none of a mount's.
Outcome BindByCalls(const BindRequest& request);

// The mount on top of `target`. ENOENT when none is there; EBUSY.
Outcome UnmountByCall(const std::string& target);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_MOUNT_CALLS_H_
