// SPDX-License-Identifier: Apache-2.0
#include "host/linux_host.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "base/clock.h"
#include "base/status.h"
#include "host/io_protocol.h"
#include "host/linux_events.h"
#include "host/linux_exec.h"
#include "host/linux_files.h"
#include "host/linux_mounts.h"

namespace rds_csi {
namespace {

class TheHost final : public LinuxHost {
 public:
  TheHost(std::unique_ptr<RealClock> clock, std::unique_ptr<LinuxEvents> events,
          std::string io_program)
      : clock_(std::move(clock)),
        events_(std::move(events)),
        exec_(*clock_, std::move(io_program)),
        mounts_(exec_) {}

  Host host() override {
    return {
        .files = files_, .mounts = mounts_, .exec = exec_, .events = *events_, .clock = *clock_};
  }

 private:
  const std::unique_ptr<RealClock> clock_;
  const std::unique_ptr<LinuxEvents> events_;
  LinuxFiles files_;
  LinuxExec exec_;
  LinuxMounts mounts_;
};

absl::StatusOr<std::string> FindIoProgram(const LinuxHostOptions& options) {
  std::string program = options.io_program;
  if (program.empty()) {
    LinuxFiles files;
    ASSIGN_OR_RETURN(const std::string self, files.RealPath("/proc/self/exe"));
    program = fmt::format("{}/{}", self.substr(0, self.rfind('/')), kIoProgram);
  }
  if (access(program.c_str(), X_OK) != 0) {
    return Error(absl::StatusCode::kFailedPrecondition,
                 fmt::format("{} is not there, or is no program", program));
  }
  return program;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LinuxHost>> LinuxHost::Open(const LinuxHostOptions& options) {
  ASSIGN_OR_RETURN(std::string io_program, FindIoProgram(options));
  auto clock = std::make_unique<RealClock>();
  absl::StatusOr<std::unique_ptr<LinuxEvents>> events = LinuxEvents::Open(*clock);
  if (!events.ok()) {
    return Error(absl::StatusCode::kFailedPrecondition, Message(events.status()));
  }
  return std::make_unique<TheHost>(std::move(clock), *std::move(events), std::move(io_program));
}

}  // namespace rds_csi
