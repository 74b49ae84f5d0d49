// SPDX-License-Identifier: Apache-2.0
// ChooseSize with any two numbers: what it chooses is within every bound.
#include <cstring>

#include "fuzz/fuzz.h"
#include "model/capacity.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  CapacityRange range;
  if (size < sizeof(range)) return 0;
  std::memcpy(&range, data, sizeof(range));
  const absl::StatusOr<int64_t> chosen = ChooseSize(range);
  if (!chosen.ok()) return 0;
  Require(Satisfies(*chosen, range), "it satisfies the request");
  Require(*chosen >= kMinimumSize && *chosen <= kMaximumSize, "it is neither too small nor large");
  Require(*chosen % kSizeStep == 0, "it is a multiple of the step");
  const absl::StatusOr<int64_t> again = ChooseSize({*chosen, range.limit_bytes});
  Require(again.ok() && *again == *chosen, "asked for exactly, it is chosen again");
  return 0;
}
