// SPDX-License-Identifier: Apache-2.0
#include "kube/line_buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;

class LineBufferTest : public testing::Test {
 protected:
  absl::Status Add(std::string_view piece) {
    return buffer_.Add(piece, [this](std::string_view line) {
      lines_.emplace_back(line);
      return refusal_;
    });
  }

  LineBuffer buffer_{10};
  std::vector<std::string> lines_;
  absl::Status refusal_;
};

TEST_F(LineBufferTest, CutsAtLineBreaksWhereverThePiecesEnd) {
  EXPECT_TRUE(Add("on").ok());
  EXPECT_TRUE(Add("e\ntwo\nth").ok());
  EXPECT_TRUE(Add("ree\n").ok());
  EXPECT_THAT(lines_, ElementsAre("one", "two", "three"));
  EXPECT_FALSE(buffer_.HasRest());
}

TEST_F(LineBufferTest, LeavesEmptyLinesOut) {
  EXPECT_TRUE(Add("\n\none\n\n").ok());
  EXPECT_THAT(lines_, ElementsAre("one"));
}

TEST_F(LineBufferTest, SaysWhenTheLastLineWasNotEnded) {
  EXPECT_TRUE(Add("one\ntw").ok());
  EXPECT_TRUE(buffer_.HasRest());
}

TEST_F(LineBufferTest, RefusesALineThatIsTooLongBeforeItHasEnded) {
  EXPECT_TRUE(Add("01234").ok());
  EXPECT_TRUE(absl::IsInternal(Add("567890")));
}

TEST_F(LineBufferTest, TakesALineOfExactlyThatLength) {
  EXPECT_TRUE(Add("0123456789\n").ok());
  EXPECT_THAT(lines_, ElementsAre("0123456789"));
}

TEST_F(LineBufferTest, EndsWhereTheReaderHasHadEnough) {
  refusal_ = Error(absl::StatusCode::kAborted, "enough");
  EXPECT_TRUE(absl::IsAborted(Add("one\ntwo\n")));
  EXPECT_THAT(lines_, ElementsAre("one"));
}

}  // namespace
}  // namespace rds_csi
