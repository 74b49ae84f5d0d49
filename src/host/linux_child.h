// SPDX-License-Identifier: Apache-2.0
// How a child process ends.
#ifndef RDS_CSI_HOST_LINUX_CHILD_H_
#define RDS_CSI_HOST_LINUX_CHILD_H_

#include <optional>

#include "absl/time/time.h"
#include "host/linux_spawn.h"

namespace rds_csi {

// For poll(2): rounded up, not below 0, and at most an hour.
int PollMilliseconds(absl::Duration patience);

// The exit status of one that has ended, 128 and the signal's number when a signal ended it. What
// it left running in its group is killed: until it is reaped its number, and with it its group's,
// is not given to anybody else.
int Reap(const Child& child);

// Kills it and its group, waits two seconds at most, and reaps it. None: it does not die, since it
// is blocked in the kernel.
std::optional<int> Kill(const Child& child);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_CHILD_H_
