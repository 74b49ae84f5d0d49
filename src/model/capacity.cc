// SPDX-License-Identifier: Apache-2.0
#include "model/capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/status.h"

namespace rds_csi {
namespace {

absl::Status OutOfRange(std::string_view message) {
  return Error(absl::StatusCode::kOutOfRange, message);
}

absl::Status CheckRange(const CapacityRange& range) {
  if (range.required_bytes < 0 || range.limit_bytes < 0) {
    return Error(absl::StatusCode::kInvalidArgument,
                 fmt::format("capacity_range: required_bytes {} and limit_bytes {} must not be "
                             "negative",
                             range.required_bytes, range.limit_bytes));
  }
  if (range.required_bytes > kMaximumSize) {
    return OutOfRange(
        fmt::format("capacity_range: required_bytes {} is more than the {} bytes (16 TiB) that a "
                    "volume can have",
                    range.required_bytes, kMaximumSize));
  }
  if (range.limit_bytes != 0 && range.limit_bytes < range.required_bytes) {
    return OutOfRange(fmt::format("capacity_range: limit_bytes {} is below required_bytes {}",
                                  range.limit_bytes, range.required_bytes));
  }
  return absl::OkStatus();
}

constexpr int64_t RoundDown(int64_t bytes) { return bytes / kSizeStep * kSizeStep; }

constexpr int64_t RoundUp(int64_t bytes) { return RoundDown(bytes + kSizeStep - 1); }

}  // namespace

absl::StatusOr<int64_t> ChooseSize(const CapacityRange& range, int64_t minimum) {
  RETURN_IF_ERROR(CheckRange(range));
  const int64_t limit = range.limit_bytes == 0 ? kMaximumSize : range.limit_bytes;
  const int64_t size = range.required_bytes == 0 ? std::min(kDefaultSize, RoundDown(limit))
                                                 : std::max(RoundUp(range.required_bytes), minimum);
  if (size < minimum || size > limit) {
    return OutOfRange(
        fmt::format("capacity_range: no volume has between {} and {} bytes; sizes are multiples of "
                    "{}, at least {}",
                    range.required_bytes, limit, kSizeStep, minimum));
  }
  return size;
}

bool Satisfies(int64_t size, const CapacityRange& range) {
  return size >= range.required_bytes && (range.limit_bytes == 0 || size <= range.limit_bytes);
}

}  // namespace rds_csi
