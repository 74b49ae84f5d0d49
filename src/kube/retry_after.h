// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_KUBE_RETRY_AFTER_H_
#define RDS_CSI_KUBE_RETRY_AFTER_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace rds_csi {

// The value of a Retry-After header (RFC 9110 section 10.2.3): seconds ("120") or a date ("Wed, 21
// Oct 2026 07:28:00 GMT"), as how long to wait from `now`, at least 0 and at most a day. None:
// neither of the two.
std::optional<absl::Duration> ParseRetryAfter(std::string_view value, absl::Time now);

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_RETRY_AFTER_H_
