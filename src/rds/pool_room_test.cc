// SPDX-License-Identifier: Apache-2.0
#include "rds/pool_room.h"

#include <gtest/gtest.h>

namespace rds_csi {
namespace {

using Answer = PoolRoom::Answer;

class PoolRoomTest : public testing::Test {
 protected:
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  PoolRoom room_;
};

TEST_F(PoolRoomTest, KnowsNothingAtFirst) {
  EXPECT_EQ(room_.Take("pool", 1, now_), Answer::kUnknown);
}

TEST_F(PoolRoomTest, TakesUntilNothingIsLeft) {
  room_.Learn("pool", 10, room_.Mark(), now_);
  EXPECT_EQ(room_.Take("pool", 6, now_), Answer::kTaken);
  EXPECT_EQ(room_.Take("pool", 6, now_), Answer::kTooSmall);
  EXPECT_EQ(room_.Take("pool", 4, now_), Answer::kTaken);
}

TEST_F(PoolRoomTest, PoolsDoNotShare) {
  room_.Learn("pool", 10, room_.Mark(), now_);
  EXPECT_EQ(room_.Take("other", 1, now_), Answer::kUnknown);
}

TEST_F(PoolRoomTest, WhatIsGivenBackCanBeTakenAgain) {
  room_.Learn("pool", 10, room_.Mark(), now_);
  EXPECT_EQ(room_.Take("pool", 10, now_), Answer::kTaken);
  room_.Give("pool", 10);
  EXPECT_EQ(room_.Take("pool", 10, now_), Answer::kTaken);
}

TEST_F(PoolRoomTest, BelievesWhatItLearntUntilTheReconcilerHasListedAgain) {
  room_.Learn("pool", 10, room_.Mark(), now_);
  EXPECT_EQ(room_.Take("pool", 1, now_ + absl::Seconds(90)), Answer::kTaken);
  EXPECT_EQ(room_.Take("pool", 1, now_ + absl::Seconds(91)), Answer::kUnknown);
}

TEST_F(PoolRoomTest, WhatWasTakenDuringAReadingCounts) {
  room_.Learn("pool", 10, room_.Mark(), now_);
  const PoolRoom::Marks before = room_.Mark();
  EXPECT_EQ(room_.Take("pool", 6, now_), Answer::kTaken);
  room_.Learn("pool", 10, before, now_);  // read before the file was made
  EXPECT_EQ(room_.Take("pool", 5, now_), Answer::kTooSmall);
}

}  // namespace
}  // namespace rds_csi
