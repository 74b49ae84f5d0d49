// SPDX-License-Identifier: Apache-2.0
#include "kube/retry_after.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/text.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kLongest = absl::Hours(24);
constexpr size_t kLongestText = 40;

absl::Duration Bounded(absl::Duration wait) {
  return std::clamp(wait, absl::ZeroDuration(), kLongest);
}

}  // namespace

std::optional<absl::Duration> ParseRetryAfter(std::string_view value, absl::Time now) {
  const std::string text(Trim(value.substr(0, kLongestText)));
  if (const std::optional<int64_t> seconds = ParseInt64(text)) {
    if (*seconds < 0) return std::nullopt;
    return Bounded(absl::Seconds(*seconds));
  }
  absl::Time when;
  std::string error;
  if (!absl::ParseTime("%a, %d %b %E4Y %H:%M:%S GMT", text, &when, &error)) return std::nullopt;
  if (when == absl::InfiniteFuture() || when == absl::InfinitePast()) return std::nullopt;
  return Bounded(when - now);
}

}  // namespace rds_csi
