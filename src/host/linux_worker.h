// SPDX-License-Identifier: Apache-2.0
// One process of `rds-csi-io serve`, and what is asked of it.
#ifndef RDS_CSI_HOST_LINUX_WORKER_H_
#define RDS_CSI_HOST_LINUX_WORKER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "host/exec.h"
#include "host/io_messages.h"
#include "host/linux_fd.h"
#include "host/linux_spawn.h"

namespace rds_csi {

struct Worker {
  Child child;
  Fd socket;  // closing it ends an idle one
};

// It lives as long as the thread that calls this, and no longer, even in the middle of an act
// (PR_SET_PDEATHSIG). The errors of Spawn.
absl::StatusOr<Worker> StartWorker(const std::string& program);

// Whether it lives and waits for a request.
bool IsIdle(const Worker& worker);

// Waits for the answer. After an error the worker can only be killed:
// DEADLINE_EXCEEDED: there is none yet. UNAVAILABLE: there will be none, and whether the act was
// done is not known.
absl::StatusOr<ExecResult> Ask(const Worker& worker, const IoRequest& request, Clock& clock,
                               absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_WORKER_H_
