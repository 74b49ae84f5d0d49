// SPDX-License-Identifier: Apache-2.0
#include "base/first_seen.h"

#include <gtest/gtest.h>

namespace rds_csi {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);
const absl::Duration kMinute = absl::Minutes(1);

TEST(FirstSeenTest, RemembersWhatIsSeenInEveryRound) {
  FirstSeen seen;
  EXPECT_EQ(seen.Note("a", kStart), kStart);
  seen.EndRound();
  EXPECT_EQ(seen.Note("a", kStart + kMinute), kStart);
}

TEST(FirstSeenTest, ForgetsWhatWasNotSeenInARound) {
  FirstSeen seen;
  seen.Note("a", kStart);
  seen.EndRound();
  seen.EndRound();
  EXPECT_EQ(seen.Note("a", kStart + kMinute), kStart + kMinute);
}

}  // namespace
}  // namespace rds_csi
