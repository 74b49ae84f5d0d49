// SPDX-License-Identifier: Apache-2.0
// The two macros of early return. rds-sim shares no code with the driver, so it has its own.
// The convention of the whole simulator: an error's message is exactly what RouterOS would print;
// router/trap.h says what the codes mean.
#ifndef RDS_CSI_SIM_BASE_STATUS_MACROS_H_
#define RDS_CSI_SIM_BASE_STATUS_MACROS_H_

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rds_csi::sim {

// The message, in the standard library's type: Debian's abseil has a string_view of its own.
inline std::string_view Message(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace rds_csi::sim

#define SIM_RETURN_IF_ERROR(expr)                                              \
  do {                                                                         \
    if (absl::Status sim_status = (expr); !sim_status.ok()) return sim_status; \
  } while (false)

#define SIM_CONCAT_INNER(a, b) a##b
#define SIM_CONCAT(a, b) SIM_CONCAT_INNER(a, b)

#define SIM_ASSIGN_OR_RETURN(lhs, expr) \
  SIM_ASSIGN_OR_RETURN_INNER(SIM_CONCAT(sim_result_, __LINE__), lhs, expr)
#define SIM_ASSIGN_OR_RETURN_INNER(result, lhs, expr)  \
  auto result = (expr);                                \
  if (!result.ok()) return std::move(result).status(); \
  lhs = *std::move(result)

#endif  // RDS_CSI_SIM_BASE_STATUS_MACROS_H_
