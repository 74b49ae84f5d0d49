// SPDX-License-Identifier: Apache-2.0
#include "base/errno_status.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "base/status.h"

namespace rds_csi {

absl::StatusCode CodeOfErrno(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:
    case ENXIO:
      return absl::StatusCode::kNotFound;
    case EEXIST:
    case EALREADY:
      return absl::StatusCode::kAlreadyExists;
    case EBUSY:
    case ENOTEMPTY:
    case EISDIR:
    case EPERM:
    case EACCES:
    case EROFS:
    case ELOOP:
      return absl::StatusCode::kFailedPrecondition;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::StatusCode::kResourceExhausted;
    case EIO:
    case EAGAIN:
    case EINTR:
    case ECONNREFUSED:
    case ECONNRESET:
    case ECONNABORTED:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case EPIPE:
      return absl::StatusCode::kUnavailable;
    case ETIMEDOUT:
      return absl::StatusCode::kDeadlineExceeded;
    default:
      return absl::StatusCode::kInternal;
  }
}

absl::Status ErrnoStatus(int error, std::string_view what) {
  return Error(CodeOfErrno(error),
               fmt::format("{}: {}", what, std::generic_category().message(error)));
}

}  // namespace rds_csi
