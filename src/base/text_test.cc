// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TextTest, SplitKeepsEmptyPieces) {
  EXPECT_THAT(Split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
}

TEST(TextTest, LinesHaveNoLastEmptyOne) {
  EXPECT_THAT(Lines("a\n\nb\n"), ElementsAre("a", "", "b"));
  EXPECT_THAT(Lines(""), IsEmpty());
}

TEST(TextTest, WordsAreNeverEmpty) {
  EXPECT_THAT(Words("  a \t b\r\n"), ElementsAre("a", "b"));
  EXPECT_THAT(Words(" \n"), IsEmpty());
}

TEST(TextTest, TrimTakesBlanksFromTheEnds) {
  EXPECT_EQ(Trim(" \ta b\r\n"), "a b");
  EXPECT_EQ(Trim(" \n"), "");
}

TEST(TextTest, JoinPutsTheSeparatorBetween) { EXPECT_EQ(Join({"a", "b"}, ", "), "a, b"); }

TEST(TextTest, ParseInt64TakesAllOfTheTextOrNothing) {
  EXPECT_EQ(ParseInt64("-42"), -42);
  for (const char* text : {"", "+1", " 1", "1 ", "1k", "0x1", "9223372036854775808"}) {
    EXPECT_EQ(ParseInt64(text), std::nullopt) << text;
  }
}

TEST(TextTest, QuotedTextCannotForgeALineOrFloodIt) {
  EXPECT_EQ(Quoted("a\n\"b\\"), R"("a\x0a\"b\\")");
  EXPECT_EQ(Quoted("abcdef", 3), "\"abc\"...");
}

}  // namespace
}  // namespace rds_csi
