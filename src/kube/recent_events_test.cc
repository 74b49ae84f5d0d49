// SPDX-License-Identifier: Apache-2.0
#include "kube/recent_events.h"

#include <gtest/gtest.h>

namespace rds_csi {
namespace {

class RecentEventsTest : public testing::Test {
 protected:
  EventSeries* Admit(const std::string& volume, const std::string& message) {
    return recent_.Admit({Reason::kMountFailure, volume, "", {}, message}, now_);
  }

  EventLimits limits_{.series = absl::Minutes(10),
                      .claim_burst = 3,
                      .claim_interval = absl::Minutes(1),
                      .total_burst = 5,
                      .total_interval = absl::Seconds(10)};
  RecentEvents recent_{limits_};
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

TEST_F(RecentEventsTest, EVT_1_TheSameAgainIsCounted) {
  EXPECT_EQ(Admit("a", "x")->count, 1);
  now_ += absl::Minutes(9);
  EXPECT_EQ(Admit("a", "x")->count, 2);
}

TEST_F(RecentEventsTest, AnotherMessageOrVolumeOrReasonIsAnotherEvent) {
  Admit("a", "x");
  EXPECT_EQ(Admit("a", "y")->count, 1);
  EXPECT_EQ(Admit("b", "x")->count, 1);
  EXPECT_EQ(recent_.Admit({Reason::kRecoveryFailed, "a", "", {}, "x"}, now_)->count, 1);
}

TEST_F(RecentEventsTest, AnotherClaimIsAnotherEvent) {
  for (const ClaimName& claim : {ClaimName{"shop", "data"}, {"shop", "logs"}, {"bank", "data"}}) {
    EXPECT_EQ(recent_.Admit({Reason::kMountFailure, "a", "", claim, "x"}, now_)->count, 1);
  }
}

TEST_F(RecentEventsTest, TheSameJoinsUntilTheVeryEndOfTheTime) {
  Admit("a", "x");
  now_ += absl::Minutes(10);
  EXPECT_EQ(Admit("a", "x")->count, 2);
}

TEST_F(RecentEventsTest, EachTimeKeepsTheSeriesForAsLongAgain) {
  Admit("a", "x");
  now_ += absl::Minutes(9);
  Admit("a", "x");
  now_ += absl::Minutes(9);
  EXPECT_EQ(Admit("a", "x")->count, 3);
}

TEST_F(RecentEventsTest, WhatIsTooOldIsNewAgainThoughNotYetForgotten) {
  Admit("a", "x");
  now_ += absl::Minutes(9) + absl::Seconds(30);
  Admit("b", "x");  // What is old was looked for just now, and is not again within a minute.
  now_ += absl::Seconds(31);
  EXPECT_EQ(Admit("a", "x")->count, 1);
}

TEST_F(RecentEventsTest, WhatIsTooOldTakesNoMemory) {
  for (int i = 0; i < 100; ++i) Admit(std::to_string(i), "x");
  EXPECT_EQ(recent_.size(), 200U);
  now_ += absl::Minutes(11);
  Admit("a", "x");
  EXPECT_EQ(recent_.size(), 2U);
}

TEST_F(RecentEventsTest, AfterAWhileTheSameIsNewAgain) {
  Admit("a", "x")->event.name = "a.1";
  now_ += absl::Minutes(11);
  EventSeries* const series = Admit("a", "x");
  EXPECT_EQ(series->count, 1);
  EXPECT_EQ(series->event.name, "");
}

TEST_F(RecentEventsTest, AClaimThatTellsTooMuchWaitsAndTakesNothingFromOthers) {
  for (int i = 0; i < 3; ++i) EXPECT_NE(Admit("a", std::to_string(i)), nullptr);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(Admit("a", "more"), nullptr);
  EXPECT_NE(Admit("b", "x"), nullptr);
  EXPECT_NE(Admit("c", "x"), nullptr);
}

TEST_F(RecentEventsTest, AClaimThatToldTooMuchIsHeardOnceInEachInterval) {
  for (int i = 0; i < 3; ++i) Admit("a", "x");
  for (int i = 0; i < 3; ++i) {
    now_ += absl::Minutes(1);
    EXPECT_NE(Admit("a", "x"), nullptr);
    EXPECT_EQ(Admit("a", "x"), nullptr);
  }
}

TEST_F(RecentEventsTest, AllTogetherAreLimitedToo) {
  for (int i = 0; i < 5; ++i) EXPECT_NE(Admit(std::to_string(i), "x"), nullptr);
  EXPECT_EQ(Admit("one more", "x"), nullptr);
  now_ += absl::Seconds(10);
  EXPECT_NE(Admit("one more", "x"), nullptr);
  EXPECT_EQ(Admit("yet another", "x"), nullptr);
}

TEST_F(RecentEventsTest, WhatWasHeldBackIsCountedWithTheNext) {
  for (int i = 0; i < 3; ++i) Admit("a", "x");
  EXPECT_EQ(Admit("a", "x"), nullptr);
  now_ += absl::Minutes(1);
  EXPECT_EQ(Admit("a", "x")->count, 5);
}

}  // namespace
}  // namespace rds_csi
