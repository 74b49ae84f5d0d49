// SPDX-License-Identifier: Apache-2.0
// JSON as RouterOS writes it, as records: REST answers it, and so does ":serialize to=json".
#ifndef RDS_CSI_RDS_RECORDS_H_
#define RDS_CSI_RDS_RECORDS_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rds/command.h"

namespace rds_csi {

// An array of objects, or one object. REST writes every value as a string; the console writes
// numbers, true and false, and arrays, whose elements come out joined with commas; null is "".
// INTERNAL: no JSON (cut off, HTML), or not of that shape; the text quotes the beginning.
absl::StatusOr<std::vector<RosRecord>> ParseRosJson(std::string_view text);

// What Run() promises about `records`: one after kAdd and kSet, none after kRemove.
// INTERNAL otherwise.
absl::Status CheckAnswer(const RosCommand& command, const std::vector<RosRecord>& records);

// `why` an answer cannot be read (INTERNAL) for the caller of `command`: of a kPrint it is passed
// on as it is; after any other command it says that nobody knows what happened: DEADLINE_EXCEEDED.
// Other errors are passed on.
absl::Status Unreadable(const RosCommand& command, const absl::Status& why);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_RECORDS_H_
