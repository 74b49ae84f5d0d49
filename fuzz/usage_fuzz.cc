// SPDX-License-Identifier: Apache-2.0
// ParseUsage: six numbers, none of them negative.
#include "fs/usage.h"
#include "fuzz/fuzz.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::StatusOr<Usage> usage = ParseUsage(Text(data, size));
  if (!usage.ok()) return 0;
  for (const int64_t number : {usage->total_bytes, usage->used_bytes, usage->available_bytes,
                               usage->total_inodes, usage->used_inodes, usage->free_inodes}) {
    Require(number >= 0, "no number is negative");
  }
  return 0;
}
