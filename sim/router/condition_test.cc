// SPDX-License-Identifier: Apache-2.0
#include "sim/router/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rds_csi::sim {
namespace {

using testing::ElementsAre;
using Op = Condition::Op;

Record Row() {
  Record row{.id = "*1F", .properties = {}};
  row.Add("slot", Value::Text("a"));
  row.Add("size", Value::Number(1073741824));
  row.Add("mounted", Value::Flag(false));
  row.Add("export", Value::YesNo(true));
  return row;
}

bool Holds(Op op, std::string_view name, std::string_view value) {
  return Condition::Compare(op, name, value).Holds(Row());
}

TEST(ConditionTest, ComparesNumbersByValue) {
  EXPECT_TRUE(Holds(Op::kEqual, "size", "1G"));
  EXPECT_TRUE(Holds(Op::kGreater, "size", "900000000"));
  EXPECT_FALSE(Holds(Op::kLess, "size", "900000000"));
}

TEST(ConditionTest, TakesBothSpellingsOfABoolean) {
  EXPECT_TRUE(Holds(Op::kEqual, "export", "yes"));
  EXPECT_TRUE(Holds(Op::kEqual, "export", "true"));
  EXPECT_TRUE(Holds(Op::kEqual, "mounted", "no"));
}

TEST(ConditionTest, AMissingPropertyEqualsOnlyNothing) {
  EXPECT_TRUE(Holds(Op::kEqual, "comment", ""));
  EXPECT_FALSE(Holds(Op::kEqual, "comment", "x"));
  EXPECT_FALSE(Holds(Op::kPresent, "comment", ""));
}

TEST(ConditionTest, FindsTheId) { EXPECT_TRUE(Holds(Op::kEqual, ".id", "*1F")); }

TEST(ConditionTest, RefusesWhatIsNoRegularExpression) {
  EXPECT_FALSE(Condition::Matches("slot", "(").ok());
}

TEST(ConditionTest, KnowsTheOnlyValuesThatItCanHoldFor) {
  const auto slot = [](std::string_view value) {
    return Condition::Compare(Op::kEqual, "slot", value);
  };
  EXPECT_THAT(*Condition::Either(slot("a"), slot("b")).OnlyValuesOf("slot"), ElementsAre("a", "b"));
  EXPECT_THAT(*Condition::Both(Condition(), slot("a")).OnlyValuesOf("slot"), ElementsAre("a"));
  EXPECT_FALSE(Condition::Either(slot("a"), Condition()).OnlyValuesOf("slot"));
  EXPECT_FALSE(Condition::Not(slot("a")).OnlyValuesOf("slot"));
}

}  // namespace
}  // namespace rds_csi::sim
