// SPDX-License-Identifier: Apache-2.0
// Child processes with a deadline: posix_spawn(3) and pidfds, no fork(2) (gRPC's threads), no
// signal handlers, no shell.
#ifndef RDS_CSI_HOST_LINUX_EXEC_H_
#define RDS_CSI_HOST_LINUX_EXEC_H_

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "host/exec.h"
#include "host/linux_fd.h"

namespace rds_csi {

// A child gets a process group of its own, default signals, no descriptor but 0, 1 and 2, "/" as
// working folder, and nothing in its environment but LC_ALL=C and
// PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin. Its exit code is 128 and the
// signal's number when a signal ended it. What it leaves running in its group is killed.
class LinuxExec final : public Exec {
 public:
  // "rds-csi-io" as argv[0] stands for `io_program`.
  LinuxExec(Clock& clock, std::string io_program);
  // Children that were left behind stay so; the kernel gives them to init.
  ~LinuxExec() override = default;

  // Any number of threads at once. INVALID_ARGUMENT: no argv, or a NUL in it.
  absl::StatusOr<ExecResult> Run(const std::vector<std::string>& argv, std::string_view input,
                                 absl::Time deadline) override;

  // Reaps those that have ended by now.
  std::vector<int> LeftBehind() override;

 private:
  Clock& clock_;
  const std::string io_program_;
  std::mutex mutex_;
  struct Blocked {
    int number;
    Fd process;
  };
  std::vector<Blocked> left_behind_;  // guarded by mutex_
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_EXEC_H_
