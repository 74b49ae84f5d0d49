// SPDX-License-Identifier: Apache-2.0
// ParseRetryAfter: a wait is never negative and never longer than a day.
#include "fuzz/fuzz.h"
#include "kube/retry_after.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto wait = ParseRetryAfter(Text(data, size), absl::FromUnixSeconds(1'800'000'000));
  if (!wait) return 0;
  Require(*wait >= absl::ZeroDuration() && *wait <= absl::Hours(24), "a wait has bounds");
  return 0;
}
