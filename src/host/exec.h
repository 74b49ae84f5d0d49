// SPDX-License-Identifier: Apache-2.0
// Programs that run with a deadline: the filesystems' own tools, and rds-csi-io, our small program
// for everything that may block on dead storage.
#ifndef RDS_CSI_HOST_EXEC_H_
#define RDS_CSI_HOST_EXEC_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/exec_result.h"

namespace rds_csi {

class Exec {
 public:
  virtual ~Exec() = default;

  // Runs argv[0] (looked up in a fixed path, no shell) with `input` as standard input. A program
  // that ran and failed is a result, not an error. Output beyond 1 MiB each is cut off.
  // NOT_FOUND: no such program. DEADLINE_EXCEEDED: killed with its whole process group.
  // ABORTED: it does not die (blocked in the kernel on dead storage) and was left behind.
  virtual absl::StatusOr<ExecResult> Run(const std::vector<std::string>& argv,
                                         std::string_view input, absl::Time deadline) = 0;

  // The process numbers of those that were left behind and have not ended yet. The words of the
  // ABORTED that left one say "(process N)".
  virtual std::vector<int> LeftBehind() { return {}; }
};

// Runs rds-csi-io with `arguments` and answers what it printed. Where the system call behind it
// failed, the error is that call's ErrnoStatus with rds-csi-io's words. host/io_protocol.h has the
// verbs.
absl::StatusOr<std::string> RunIo(Exec& exec, const std::vector<std::string>& arguments,
                                  std::string_view input, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_EXEC_H_
