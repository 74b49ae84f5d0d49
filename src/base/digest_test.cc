// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rds_csi {
namespace {

TEST(DigestTest, Sha256OfTheStandardsExample) {  // FIPS 180-2, appendix B.1
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(DigestTest, NameUuidIsAVersion5Uuid) {
  EXPECT_THAT(NameUuid("a"),
              testing::ContainsRegex("^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                     "[0-9a-f]{12}$"));
}

TEST(DigestTest, NameUuidIsStableAndTellsNamesApart) {
  EXPECT_EQ(NameUuid("a"), NameUuid("a"));
  EXPECT_NE(NameUuid("a"), NameUuid("b"));
}

TEST(DigestTest, RandomHexHasTheAskedLengthAndDiffers) {
  EXPECT_EQ(RandomHex(8).size(), 8u);
  EXPECT_NE(RandomHex(16), RandomHex(16));
}

TEST(DigestTest, HexIsLowerCaseAndOfTheAskedLength) {
  EXPECT_TRUE(IsHex("0123456789abcdef", 16));
  EXPECT_TRUE(IsHex(RandomHex(8), 8));
  for (const char* text : {"", "abc", "abcde", "abcG", "ABCD", "ab-d"}) {
    EXPECT_FALSE(IsHex(text, 4)) << text;
  }
}

}  // namespace
}  // namespace rds_csi
