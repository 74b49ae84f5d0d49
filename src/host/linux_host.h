// SPDX-License-Identifier: Apache-2.0
// The real machine. The linux_* files of this folder hold the only system calls of the driver.
#ifndef RDS_CSI_HOST_LINUX_HOST_H_
#define RDS_CSI_HOST_LINUX_HOST_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "host/host.h"

namespace rds_csi {

struct LinuxHostOptions {
  // Where rds-csi-io lies; empty: beside the running program.
  std::string io_program;
};

class LinuxHost {
 public:
  // FAILED_PRECONDITION: rds-csi-io is not there, or uevents cannot be listened to.
  static absl::StatusOr<std::unique_ptr<LinuxHost>> Open(const LinuxHostOptions& options);
  virtual ~LinuxHost() = default;

  virtual Host host() = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_HOST_H_
