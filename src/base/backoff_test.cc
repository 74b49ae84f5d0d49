// SPDX-License-Identifier: Apache-2.0
#include "base/backoff.h"

#include <gtest/gtest.h>

namespace rds_csi {
namespace {

TEST(BackoffTest, DoublesUpToTheCeiling) {
  Backoff backoff(absl::Seconds(1), absl::Seconds(4), /*seed=*/7);
  for (const int ceiling : {1, 2, 4, 4}) {
    const absl::Duration wait = backoff.Next();
    EXPECT_GE(wait, absl::Seconds(ceiling) * 0.75);
    EXPECT_LE(wait, absl::Seconds(ceiling));
  }
}

TEST(BackoffTest, DifferentSeedsWaitDifferently) {
  Backoff one(absl::Seconds(1), absl::Seconds(4), 1);
  Backoff two(absl::Seconds(1), absl::Seconds(4), 2);
  EXPECT_NE(one.Next(), two.Next());
}

}  // namespace
}  // namespace rds_csi
