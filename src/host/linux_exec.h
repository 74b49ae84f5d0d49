// SPDX-License-Identifier: Apache-2.0
// Child processes with a deadline: posix_spawn(3) and pidfds, no fork(2) (gRPC's threads), no
// signal handlers, no shell. A program runs once; rds-csi-io is kept for the next act.
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
#include "host/linux_spawn.h"
#include "host/linux_workers.h"

namespace rds_csi {

// A child gets a process group of its own, default signals, no descriptor but 0, 1 and 2, "/" as
// working folder, and nothing in its environment but LC_ALL=C and
// PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin. Its exit code is 128 and the
// signal's number when a signal ended it. What it leaves running in its group is killed.
//
// rds-csi-io gets its acts over a socket, one at a time, and one that was late or broke off is
// killed and never used again. It dies with the driver, even in the middle of an act.
class LinuxExec final : public Exec {
 public:
  // "rds-csi-io" as argv[0] stands for an act of `io_program`, which understands `serve`.
  LinuxExec(Clock& clock, std::string io_program);
  // Children that were left behind stay so; the kernel gives them to init.
  ~LinuxExec() override = default;

  // Any number of threads at once. INVALID_ARGUMENT: no argv, or a NUL in it. UNAVAILABLE: the
  // rds-csi-io died in the act, of which it is not known whether it was done.
  absl::StatusOr<ExecResult> Run(const std::vector<std::string>& argv, std::string_view input,
                                 absl::Time deadline) override;

  // Reaps those that have ended by now.
  std::vector<int> LeftBehind() override;

 private:
  absl::StatusOr<ExecResult> RunProgram(const std::vector<std::string>& argv,
                                        std::string_view input, absl::Time deadline);
  absl::StatusOr<ExecResult> Act(const std::vector<std::string>& argv, std::string_view input,
                                 absl::Time deadline);
  // Its exit status, once it is killed. ABORTED: it does not die and was left behind.
  absl::StatusOr<int> End(Child child, const std::string& name);

  Clock& clock_;
  LinuxWorkers workers_;
  std::mutex mutex_;
  std::vector<Child> left_behind_;  // guarded by mutex_
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_EXEC_H_
