// SPDX-License-Identifier: Apache-2.0
#include "base/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class TextFileTest : public testing::Test {
 protected:
  ~TextFileTest() override { std::filesystem::remove(path_); }

  absl::StatusOr<std::string> ReadBack(const std::string& text) const {
    std::ofstream(path_, std::ios::binary) << text;
    return ReadTextFile(path_, 10);
  }
  void ExpectRefusal(const absl::StatusOr<std::string>& read, const std::string& why) const {
    EXPECT_TRUE(absl::IsFailedPrecondition(read.status()));
    EXPECT_THAT(Message(read.status()), AllOf(HasSubstr(path_), HasSubstr(why)));
  }

  const std::string path_ = testing::TempDir() + "/text-file";
};

TEST_F(TextFileTest, IsReadAsItIs) { EXPECT_EQ(*ReadBack(" a\nb\r\n"), " a\nb\r\n"); }

TEST_F(TextFileTest, MayBeAsLargeAsTheLimit) { EXPECT_TRUE(ReadBack("0123456789").ok()); }

TEST_F(TextFileTest, OneThatIsLargerIsRefused) {
  ExpectRefusal(ReadBack("0123456789a"), "is larger than 10 bytes");
}

TEST_F(TextFileTest, BlanksAreNothing) { ExpectRefusal(ReadBack(" \n\t\n"), "is empty"); }

TEST_F(TextFileTest, OneThatIsNotThereCannotBeRead) {
  ExpectRefusal(ReadTextFile(path_, 10), "cannot be read");
}

TEST_F(TextFileTest, AFolderCannotBeRead) {
  const auto read = ReadTextFile(testing::TempDir(), 10);
  EXPECT_TRUE(absl::IsFailedPrecondition(read.status()));
}

}  // namespace
}  // namespace rds_csi
