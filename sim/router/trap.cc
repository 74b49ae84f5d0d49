// SPDX-License-Identifier: Apache-2.0
#include "sim/router/trap.h"

#include <fmt/format.h>

namespace rds_csi::sim {

absl::Status Failure(std::string_view what) {
  return absl::FailedPreconditionError(fmt::format("failure: {}", what));
}

absl::Status NoSuchItem() { return absl::NotFoundError("no such item"); }

absl::Status NotAllowed() { return absl::PermissionDeniedError("std failure: not allowed (9)"); }

absl::Status InvalidValue(std::string_view argument) {
  return absl::InvalidArgumentError(fmt::format("invalid value for argument {}", argument));
}

absl::Status NoMatchingValue(std::string_view argument) {
  return absl::InvalidArgumentError(fmt::format("input does not match any value of {}", argument));
}

absl::Status MissingArgument(std::string_view argument) {
  return absl::InvalidArgumentError(fmt::format("missing value(s) of argument(s) {}", argument));
}

absl::Status NotSimulated(std::string_view what) {
  return absl::UnimplementedError(fmt::format("failure: rds-sim does not simulate {}", what));
}

}  // namespace rds_csi::sim
