// SPDX-License-Identifier: Apache-2.0
// The two macros that pass errors up. Both return from the calling function when `expr` failed,
// with the error untouched: the layer that knows has picked its code and its words.
#ifndef RDS_CSI_BASE_STATUS_H_
#define RDS_CSI_BASE_STATUS_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RDS_CSI_CONCAT_INNER(a, b) a##b
#define RDS_CSI_CONCAT(a, b) RDS_CSI_CONCAT_INNER(a, b)

// RETURN_IF_ERROR(DoIt());
#define RETURN_IF_ERROR(expr)                                         \
  do {                                                                \
    if (absl::Status rds_csi_status = (expr); !rds_csi_status.ok()) { \
      return rds_csi_status;                                          \
    }                                                                 \
  } while (false)

// ASSIGN_OR_RETURN(const Size size, ReadSize());
#define ASSIGN_OR_RETURN(lhs, expr) \
  RDS_CSI_ASSIGN_OR_RETURN(RDS_CSI_CONCAT(rds_csi_result_, __LINE__), lhs, expr)

#define RDS_CSI_ASSIGN_OR_RETURN(result, lhs, expr)    \
  auto result = (expr);                                \
  if (!result.ok()) return std::move(result).status(); \
  lhs = *std::move(result)

namespace rds_csi {

// The words of an error, as a type that fmt knows.
inline std::string Message(const absl::Status& status) { return std::string(status.message()); }

// An error of `code` with `message`.
inline absl::Status Error(absl::StatusCode code, std::string_view message) {
  return absl::Status(code, absl::string_view(message.data(), message.size()));
}

// The same error with `prefix` in front of its words; OK stays OK.
inline absl::Status Annotate(const absl::Status& status, std::string_view prefix) {
  if (status.ok()) return status;
  return Error(status.code(), std::string(prefix) + ": " + Message(status));
}

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_STATUS_H_
