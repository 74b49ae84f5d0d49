// SPDX-License-Identifier: Apache-2.0
// The acts of rds-csi-io, one at a time. host/io_protocol.h has the verbs and what comes back.
#ifndef RDS_CSI_IO_VERBS_H_
#define RDS_CSI_IO_VERBS_H_

#include <string>
#include <vector>

#include "host/exec_result.h"
#include "host/io_messages.h"

namespace rds_csi {

// Whether this command line reads standard input.
bool TakesInput(const std::vector<std::string>& words);

// Leaves nothing behind in this process: no open file, no lock, no other folder or namespace.
ExecResult Act(const IoRequest& request);

// What a failed system call comes to.
ExecResult FailedAnswer(int error, const std::string& what);

}  // namespace rds_csi

#endif  // RDS_CSI_IO_VERBS_H_
