// SPDX-License-Identifier: Apache-2.0
#include "sim/base/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/uuid.h"

namespace rds_csi::sim {
namespace {

TEST(UnitsTest, SizesAreBinaryAndExact) {
  EXPECT_EQ(ParseSize("53687091200"), 53687091200U);
  EXPECT_EQ(ParseSize("50G"), 53687091200U);
  EXPECT_EQ(ParseSize("50GiB"), 53687091200U);
  EXPECT_EQ(ParseSize("1T"), uint64_t{1} << 40);
}

TEST(UnitsTest, WhatIsNoSizeIsNone) {
  for (const char* text :
       {"", "G", "1.5G", "-1", "1GB", "1g", "99999999999999999999", "9999999P"}) {
    EXPECT_FALSE(ParseSize(text)) << text;
  }
}

TEST(UnitsTest, DigitsComeInGroupsOfThree) {
  EXPECT_EQ(GroupDigits(7), "7");
  EXPECT_EQ(GroupDigits(1000), "1 000");
  EXPECT_EQ(GroupDigits(1099511627776), "1 099 511 627 776");
}

TEST(UnitsTest, TheUnitChangesLate) {
  EXPECT_EQ(RoundSize(53687091200), "50.0GiB");
  EXPECT_EQ(RoundSize(uint64_t{1} << 40), "1024.0GiB");
  EXPECT_EQ(RoundSize(uint64_t{1} << 30), "1024.0MiB");
  EXPECT_EQ(RoundSize(100), "100");
}

TEST(UnitsTest, TimesLookLikeRouterOs) {
  EXPECT_EQ(FormatTime(1762879627), "2025-11-11 16:47:07");
  EXPECT_EQ(FormatDuration(93784), "1d2h3m4s");
  EXPECT_EQ(FormatDuration(0), "0s");
}

TEST(UnitsTest, OneTextHasOneUuid) {
  EXPECT_EQ(UuidFrom("a"), UuidFrom("a"));
  EXPECT_NE(UuidFrom("a"), UuidFrom("b"));
  EXPECT_THAT(UuidFrom("a"),
              testing::ContainsRegex("^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab]"));
}

}  // namespace
}  // namespace rds_csi::sim
