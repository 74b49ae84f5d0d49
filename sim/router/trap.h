// SPDX-License-Identifier: Apache-2.0
// What RouterOS says when it refuses a command. The message of such a status is RouterOS's own
// text, word for word; the code only tells the doors how to wrap it:
//   NOT_FOUND            no such item                (REST: 404 when the URL named it)
//   PERMISSION_DENIED    std failure: not allowed (9)  (REST: 500)
//   INVALID_ARGUMENT     syntax, names and values of arguments
//   FAILED_PRECONDITION  failure: …
//   UNIMPLEMENTED        RouterOS has it, rds-sim does not; the text says so
//   CANCELLED            answer nothing, close the connection (injected; control/faults.h)
//   DATA_LOSS            send the message instead of an answer, as it is (injected)
#ifndef RDS_CSI_SIM_ROUTER_TRAP_H_
#define RDS_CSI_SIM_ROUTER_TRAP_H_

#include <string_view>

#include "absl/status/status.h"

namespace rds_csi::sim {

absl::Status Failure(std::string_view what);              // "failure: <what>"
absl::Status NoSuchItem();                                // "no such item"
absl::Status NotAllowed();                                // "std failure: not allowed (9)"
absl::Status InvalidValue(std::string_view argument);     // "invalid value for argument <argument>"
absl::Status NoMatchingValue(std::string_view argument);  // "input does not match any value of …"
absl::Status MissingArgument(std::string_view argument);
absl::Status NotSimulated(std::string_view what);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_TRAP_H_
