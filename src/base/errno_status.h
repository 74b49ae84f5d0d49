// SPDX-License-Identifier: Apache-2.0
// The one place where a Linux errno becomes an absl::Status (design rule: one table, no defaults
// in passing).
#ifndef RDS_CSI_BASE_ERRNO_STATUS_H_
#define RDS_CSI_BASE_ERRNO_STATUS_H_

#include <string_view>

#include "absl/status/status.h"

namespace rds_csi {

// The code an errno stands for in this driver; errno(3) names them.
//   ENOENT ENOTDIR ENODEV ENXIO            NOT_FOUND
//   EEXIST EALREADY                        ALREADY_EXISTS
//   EBUSY ENOTEMPTY EISDIR EPERM EACCES EROFS ELOOP   FAILED_PRECONDITION
//   ENOSPC EDQUOT EMFILE ENFILE ENOMEM     RESOURCE_EXHAUSTED
//   EIO EAGAIN EINTR and what a network says   UNAVAILABLE
//   ETIMEDOUT                              DEADLINE_EXCEEDED
//   everything else                        INTERNAL
absl::StatusCode CodeOfErrno(int error);

// `what` names the object and the act: ErrnoStatus(EBUSY, "umount /mnt") reads
// "umount /mnt: Device or resource busy". Needs error != 0.
absl::Status ErrnoStatus(int error, std::string_view what);

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_ERRNO_STATUS_H_
