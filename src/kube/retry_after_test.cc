// SPDX-License-Identifier: Apache-2.0
#include "kube/retry_after.h"

#include <gtest/gtest.h>

#include <string>

namespace rds_csi {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);  // Fri, 15 Jan 2027 08:00:00 GMT

TEST(RetryAfterTest, ReadsSeconds) {
  EXPECT_EQ(ParseRetryAfter(" 120\r\n", kNow), absl::Seconds(120));
  EXPECT_EQ(ParseRetryAfter("0", kNow), absl::ZeroDuration());
}

TEST(RetryAfterTest, ReadsADate) {
  EXPECT_EQ(ParseRetryAfter("Fri, 15 Jan 2027 08:00:30 GMT", kNow), absl::Seconds(30));
}

TEST(RetryAfterTest, ADateThatIsPastIsNow) {
  EXPECT_EQ(ParseRetryAfter("Fri, 15 Jan 2021 08:00:30 GMT", kNow), absl::ZeroDuration());
}

TEST(RetryAfterTest, NeverWaitsForMoreThanADay) {
  EXPECT_EQ(ParseRetryAfter("99999999999", kNow), absl::Hours(24));
  EXPECT_EQ(ParseRetryAfter("Fri, 15 Jan 2038 08:00:30 GMT", kNow), absl::Hours(24));
}

TEST(RetryAfterTest, TakesNothingElseForATime) {
  for (const char* const text : {"", "soon", "-1", "1.5", "infinite-future", "infinite-past",
                                 "99999999999999999999", "Fri, 15 Jan 2027"}) {
    EXPECT_EQ(ParseRetryAfter(text, kNow), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rds_csi
