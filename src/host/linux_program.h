// SPDX-License-Identifier: Apache-2.0
// One run of a program: started with its input, followed until it ends.
#ifndef RDS_CSI_HOST_LINUX_PROGRAM_H_
#define RDS_CSI_HOST_LINUX_PROGRAM_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "host/exec.h"
#include "host/linux_spawn.h"

namespace rds_csi {

struct Program {
  Child child;
  Fd output;  // to read, non-blocking
  Fd errors;  // to read, non-blocking
};

// The errors of Spawn.
absl::StatusOr<Program> StartProgram(const std::string& file, const std::vector<std::string>& argv,
                                     std::string_view input);

// Collects what it prints, until it has ended (true; it is not reaped) or `deadline` has come.
bool Follow(Program& program, Clock& clock, absl::Time deadline, ExecResult& result);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_PROGRAM_H_
