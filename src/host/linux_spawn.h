// SPDX-License-Identifier: Apache-2.0
// Starting one child process with its three standard streams.
#ifndef RDS_CSI_HOST_LINUX_SPAWN_H_
#define RDS_CSI_HOST_LINUX_SPAWN_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "host/linux_fd.h"

namespace rds_csi {

inline constexpr std::string_view kProgramPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// A child process. It is not reaped by this; whoever holds it does that (host/linux_child.h).
struct Child {
  pid_t pid = 0;  // and its process group
  Fd process;     // a pidfd
};

// What the child has as 0, 1 and 2. They stay the caller's, and may be the same.
struct Streams {
  int input;
  int output;
  int errors;
};

// The file that `name` stands for, along kProgramPath; a name with a slash stands for itself.
// NOT_FOUND.
absl::StatusOr<std::string> FindProgram(const std::string& name);

// NOT_FOUND when `program` is not there; else the errno's status. On an error nothing runs.
absl::StatusOr<Child> Spawn(const std::string& program, const std::vector<std::string>& argv,
                            const Streams& streams);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_SPAWN_H_
