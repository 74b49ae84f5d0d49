// SPDX-License-Identifier: Apache-2.0
#include "csi/grpc_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rds_csi {
namespace {

TEST(GrpcStatusTest, KeepsCodeAndWords) {
  const grpc::Status status = ToGrpcStatus(absl::NotFoundError("volume pvc-1: gone — wirklich"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "volume pvc-1: gone — wirklich");
}

TEST(GrpcStatusTest, OkIsOk) { EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok()); }

TEST(GrpcStatusTest, ControlCharactersBecomeBlanks) {
  EXPECT_EQ(SafeMessage("a\nb\r\tc\x1b[31m\x7f"), "a b  c [31m ");
  EXPECT_EQ(SafeMessage("a\xc2\x85z\xe2\x80\xa8z\xe2\x80\xa9"), "a z z ");
  EXPECT_EQ(SafeMessage(std::string_view("a\0b", 3)), "a b");
}

TEST(GrpcStatusTest, BytesThatAreNoUtf8AreReplaced) {
  for (const char* bad :
       {"\xff", "\xc0", "\xc3", "\xed\xa0\x80", "\xe0\x80\x80", "\xf5\x80\x80\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\x80", "\xe2\x82"}) {
    EXPECT_THAT(SafeMessage(bad), testing::StartsWith("\xef\xbf\xbd"));
  }
  EXPECT_EQ(SafeMessage("\xc3x"), "\xef\xbf\xbdx");
}

TEST(GrpcStatusTest, EveryLengthOfCharacterPasses) { EXPECT_EQ(SafeMessage("aé€𝄞"), "aé€𝄞"); }

TEST(GrpcStatusTest, AFloodIsCutAtACharacter) {
  std::string flood;
  for (int i = 0; i < 5000; ++i) flood += "€";
  const std::string safe = SafeMessage(flood);
  EXPECT_LE(safe.size(), 2010U);
  EXPECT_THAT(safe, testing::EndsWith("€…"));
}

}  // namespace
}  // namespace rds_csi
