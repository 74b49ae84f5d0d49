// SPDX-License-Identifier: Apache-2.0
#include "kube/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string Nested(int levels) {
  std::string text(static_cast<size_t>(levels), '[');
  return R"({"a":)" + text + std::string(static_cast<size_t>(levels), ']') + "}";
}

TEST(ParseObjectTest, QuotesTheBeginningOfWhatIsNoJson) {
  const auto object = ParseObject("<html>gateway", "get nodes a");
  EXPECT_TRUE(absl::IsInternal(object.status()));
  EXPECT_THAT(Message(object.status()), AllOf(HasSubstr("get nodes a: "), HasSubstr("<html>")));
}

TEST(ParseObjectTest, RefusesWhatIsNoObject) {
  for (const char* const text : {"", "[]", "null", "1", "{\"a\":1} x", "{\"a\":"}) {
    EXPECT_TRUE(absl::IsInternal(ParseObject(text, "x").status())) << text;
  }
}

TEST(ParseObjectTest, RefusesWhatIsNestedSoDeeplyThatCopyingItWouldOverflowTheStack) {
  EXPECT_TRUE(ParseObject(Nested(99), "x").ok());
  EXPECT_TRUE(absl::IsInternal(ParseObject(Nested(100), "x").status()));
  EXPECT_TRUE(absl::IsInternal(ParseObject(std::string(1'000'000, '['), "x").status()));
}

TEST(ParseObjectTest, BracketsInTextAreNoNesting) {
  const std::string brackets(500, '[');
  EXPECT_TRUE(ParseObject(R"({"a":"\")" + brackets + R"("})", "x").ok());
}

TEST(ParseObjectTest, LeavesOutWhatNobodyReadsAtAnyDepth) {
  const auto object = ParseObject(R"({"a":{"managedFields":[1,{"b":2}],"c":3},"managedFields":0})",
                                  "x", {"managedFields"});
  ASSERT_TRUE(object.ok());
  EXPECT_EQ(*object, Json::parse(R"({"a":{"c":3}})"));
}

TEST(ToTextTest, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(ToText(Json{{"a", "\xff"}}), "{\"a\":\"\xef\xbf\xbd\"}");
}

class FieldReaderTest : public testing::Test {
 protected:
  const Json object_ = Json::parse(
      R"({"s":"text","n":7,"b":true,"z":null,"t":"2026-01-02T03:04:05Z","o":{"s":"in"},"l":[]})");
  const FieldReader fields_{object_, "node \"a\""};
};

TEST_F(FieldReaderTest, ReadsMembersAtAnyDepth) {
  EXPECT_EQ(*fields_.String("o.s"), "in");
  EXPECT_EQ(*fields_.IntegerOrZero("n"), 7);
  EXPECT_TRUE(*fields_.BoolOrFalse("b"));
  EXPECT_EQ(*fields_.TimeIfThere("t"), absl::FromUnixSeconds(1'767'323'045));
}

TEST_F(FieldReaderTest, WhatIsMissingOrNullIsEmpty) {
  for (const char* const path : {"z", "missing", "o.missing", "missing.further", "z.further"}) {
    EXPECT_EQ(*fields_.StringOrEmpty(path), "") << path;
    EXPECT_EQ(*fields_.IntegerOrZero(path), 0) << path;
    EXPECT_FALSE(*fields_.BoolOrFalse(path)) << path;
    EXPECT_EQ(*fields_.TimeIfThere(path), std::nullopt) << path;
    EXPECT_EQ(*fields_.ArrayIfThere(path), nullptr) << path;
    EXPECT_EQ(*fields_.ObjectIfThere(path), nullptr) << path;
  }
}

TEST_F(FieldReaderTest, WhatMustBeThereAndIsNotIsNamed) {
  const auto text = fields_.String("missing");
  EXPECT_TRUE(absl::IsInternal(text.status()));
  EXPECT_EQ(Message(text.status()), "node \"a\": missing is missing");
}

TEST_F(FieldReaderTest, AWrongTypeIsNeverADefault) {
  EXPECT_FALSE(fields_.StringOrEmpty("n").ok());
  EXPECT_FALSE(fields_.StringOrEmpty("o").ok());
  EXPECT_FALSE(fields_.StringOrEmpty("s.further").ok());
  EXPECT_FALSE(fields_.BoolOrFalse("s").ok());
  EXPECT_FALSE(fields_.IntegerOrZero("s").ok());
  EXPECT_FALSE(fields_.TimeIfThere("s").ok());
  EXPECT_FALSE(fields_.ArrayIfThere("o").ok());
  EXPECT_FALSE(fields_.ObjectIfThere("l").ok());
}

}  // namespace
}  // namespace rds_csi
