// SPDX-License-Identifier: Apache-2.0
#include "sim/router/trap.h"

#include "absl/strings/str_cat.h"

namespace rds_csi::sim {

absl::Status Failure(std::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("failure: ", what));
}

absl::Status NoSuchItem() { return absl::NotFoundError("no such item"); }

absl::Status NotAllowed() { return absl::PermissionDeniedError("std failure: not allowed (9)"); }

absl::Status InvalidValue(std::string_view argument) {
  return absl::InvalidArgumentError(absl::StrCat("invalid value for argument ", argument));
}

absl::Status NoMatchingValue(std::string_view argument) {
  return absl::InvalidArgumentError(
      absl::StrCat("input does not match any value of ", argument));
}

absl::Status MissingArgument(std::string_view argument) {
  return absl::InvalidArgumentError(
      absl::StrCat("missing value(s) of argument(s) ", argument));
}

absl::Status NotSimulated(std::string_view what) {
  return absl::UnimplementedError(absl::StrCat("failure: rds-sim does not simulate ", what));
}

}  // namespace rds_csi::sim
