// SPDX-License-Identifier: Apache-2.0
#include "model/capacity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::HasSubstr;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(CapacityTest, VOL_1_SizesAreRoundedUpToTheStep) {
  EXPECT_EQ(*ChooseSize({.required_bytes = kGiB}), kGiB);
  EXPECT_EQ(*ChooseSize({.required_bytes = kGiB + 1}), kGiB + 4096);
  EXPECT_EQ(*ChooseSize({.required_bytes = kGiB + 4096}), kGiB + 4096);
  EXPECT_EQ(*ChooseSize({.required_bytes = kMaximumSize}), kMaximumSize);
  EXPECT_EQ(*ChooseSize({.required_bytes = kMaximumSize - 1}), kMaximumSize);
}

TEST(CapacityTest, VOL_1_AnythingGoesWhenNothingIsRequired) {
  EXPECT_EQ(*ChooseSize({}), kGiB);
  EXPECT_EQ(*ChooseSize({.limit_bytes = 2 * kGiB}), kGiB);
  EXPECT_EQ(*ChooseSize({.limit_bytes = 100 * kMiB + 1}), 100 * kMiB);
  EXPECT_EQ(*ChooseSize({.limit_bytes = kMax}), kGiB);
}

TEST(CapacityTest, VOL_1_SmallSizesAreRaisedToTheMinimum) {
  EXPECT_EQ(*ChooseSize({.required_bytes = 1}), kMinimumSize);
  EXPECT_EQ(*ChooseSize({.required_bytes = 1}, kMinimumXfsSize), 300 * kMiB);
  EXPECT_EQ(*ChooseSize({.required_bytes = 1, .limit_bytes = kMinimumSize}), kMinimumSize);
}

TEST(CapacityTest, VOL_1_NoSizeIsBeyondTheLimit) {
  const CapacityRange table[] = {
      {.required_bytes = 2 * kGiB, .limit_bytes = kGiB},
      {.required_bytes = kGiB + 1, .limit_bytes = kGiB + 4095},
      {.required_bytes = 1, .limit_bytes = kMinimumSize - 1},
      {.required_bytes = 0, .limit_bytes = kMinimumSize - 1},
      {.required_bytes = 0, .limit_bytes = 1},
      {.required_bytes = kMaximumSize + 1, .limit_bytes = 0},
      {.required_bytes = kMax, .limit_bytes = kMax},
  };
  for (const CapacityRange& range : table) {
    EXPECT_EQ(ChooseSize(range).status().code(), absl::StatusCode::kOutOfRange)
        << range.required_bytes << ".." << range.limit_bytes;
  }
}

TEST(CapacityTest, VOL_1_NegativeSizesAreInvalid) {
  for (const CapacityRange& range :
       {CapacityRange{-1, 0}, CapacityRange{0, -1}, CapacityRange{INT64_MIN, INT64_MIN}}) {
    const absl::Status status = ChooseSize(range).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(status), HasSubstr("must not be negative"));
  }
}

TEST(CapacityTest, VOL_1_ErrorsNameTheNumbers) {
  EXPECT_EQ(Message(ChooseSize({.required_bytes = 2000, .limit_bytes = 1000}).status()),
            "capacity_range: limit_bytes 1000 is below required_bytes 2000");
}

TEST(CapacityTest, VOL_1_AnExistingVolumeSatisfiesARangeThatHoldsItsSize) {
  EXPECT_TRUE(Satisfies(kGiB, {}));
  EXPECT_TRUE(Satisfies(kGiB, {.required_bytes = kGiB, .limit_bytes = kGiB}));
  EXPECT_FALSE(Satisfies(kGiB, {.required_bytes = kGiB + 1}));
  EXPECT_FALSE(Satisfies(kGiB, {.limit_bytes = kGiB - 1}));
}

RC_GTEST_PROP(CapacityTest, VOL_1_WhatIsChosenSatisfiesTheRequest, ()) {
  const auto bytes = rc::gen::oneOf(rc::gen::inRange<int64_t>(-2, kMaximumSize + 2),
                                    rc::gen::inRange<int64_t>(0, 3 * kMinimumSize),
                                    rc::gen::element<int64_t>(0, kMax, INT64_MIN));
  const CapacityRange range{.required_bytes = *bytes, .limit_bytes = *bytes};
  const absl::StatusOr<int64_t> size = ChooseSize(range);
  RC_PRE(size.ok());
  RC_ASSERT(Satisfies(*size, range));
  RC_ASSERT(*size % kSizeStep == 0);
  RC_ASSERT(*size >= kMinimumSize && *size <= kMaximumSize);
}

}  // namespace
}  // namespace rds_csi
