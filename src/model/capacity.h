// SPDX-License-Identifier: Apache-2.0
// Sizes of volumes. All sizes everywhere in this driver are plain bytes.
#ifndef RDS_CSI_MODEL_CAPACITY_H_
#define RDS_CSI_MODEL_CAPACITY_H_

#include <cstdint>

#include "absl/status/statusor.h"

namespace rds_csi {

inline constexpr int64_t kKiB = 1024;
inline constexpr int64_t kMiB = 1024 * kKiB;
inline constexpr int64_t kGiB = 1024 * kMiB;
inline constexpr int64_t kTiB = 1024 * kGiB;

inline constexpr int64_t kSizeStep = 4096;              // every size is a multiple of this
inline constexpr int64_t kMinimumSize = 16 * kMiB;      // below this ext4 makes no sense
inline constexpr int64_t kMinimumXfsSize = 300 * kMiB;  // mkfs.xfs refuses less
inline constexpr int64_t kMaximumSize = 16 * kTiB;
inline constexpr int64_t kDefaultSize = kGiB;  // when the request names no size

// What the request asks for (csi.v1.CapacityRange): 0 is "not given".
struct CapacityRange {
  int64_t required_bytes = 0;
  int64_t limit_bytes = 0;
};

// The size to make: required_bytes rounded up to kSizeStep, at least `minimum` (a multiple of
// kSizeStep; kMinimumXfsSize for xfs), kDefaultSize where nothing is required; never beyond
// limit_bytes (VOL-1).
// INVALID_ARGUMENT: a negative number. OUT_OF_RANGE: limit below required, no multiple of kSizeStep
// of at least `minimum` between the two, or beyond kMaximumSize.
absl::StatusOr<int64_t> ChooseSize(const CapacityRange& range, int64_t minimum = kMinimumSize);

// Whether an existing volume of `size` bytes satisfies the request: CreateVolume with the same
// name.
bool Satisfies(int64_t size, const CapacityRange& range);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_CAPACITY_H_
