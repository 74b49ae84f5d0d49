// SPDX-License-Identifier: Apache-2.0
// The words of `.query`, which are the API's query words with or without their leading '?':
//   name            has the property        -name          has it not
//   name=x, =name=x is x                    >name=x <name=x  is more, less
//   #|  #&  #!      joins the last two conditions, negates the last; several in one word: #|!
// What is left at the end must all hold.
#ifndef RDS_CSI_SIM_REST_REST_QUERY_H_
#define RDS_CSI_SIM_REST_REST_QUERY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/router/condition.h"

namespace rds_csi::sim {

// INVALID_ARGUMENT, naming the word, for an operator without operands or an unknown one.
absl::StatusOr<Condition> ParseQuery(const std::vector<std::string>& words);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_REST_REST_QUERY_H_
