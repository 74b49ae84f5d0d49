// SPDX-License-Identifier: Apache-2.0
#include "rds/command.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace rds_csi {
namespace {

using Verb = RosCommand::Verb;

RosCommand SetComment(std::string value) {
  return {.menu = "/disk",
          .verb = Verb::kSet,
          .id = "*1F",
          .values = {{"comment", std::move(value)}},
          .any_of = {},
          .properties = {}};
}

TEST(CommandTest, NameHoldsNoValues) { EXPECT_EQ(NameOf(SetComment("secret")), "/disk set"); }

TEST(CommandTest, AllowsWhatLedgersAndPathsAreMadeOf) {
  EXPECT_TRUE(CheckCommand(SetComment("rds-csi:1,c=a,v=pvc-1,n=node.b/2/s/17,e=1")).ok());
  EXPECT_TRUE(CheckCommand(SetComment("/storage-pool/csi/a_b-1.img")).ok());
  EXPECT_TRUE(CheckCommand(SetComment("")).ok());
}

TEST(CommandTest, RefusesEveryCharacterThatTheConsoleCouldTakeForSyntax) {
  using std::string_view_literals::operator""sv;
  for (const char bad : "\"\\;$[](){} \n\r\t?#'`&|<>!~^\x7f\0"sv) {
    const absl::Status status = CheckCommand(SetComment(std::string("a") + bad));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << static_cast<int>(bad);
  }
}

TEST(CommandTest, TheErrorNamesPropertyAndValue) {
  const absl::Status status = CheckCommand(SetComment("a;b"));
  EXPECT_NE(Message(status).find("comment"), std::string::npos);
  EXPECT_NE(Message(status).find("a;b"), std::string::npos);
}

TEST(CommandTest, RefusesBytesBeyondAscii) {
  EXPECT_FALSE(CheckCommand(SetComment("\xc3\xa4")).ok());
}

TEST(CommandTest, RefusesAnOverlongValue) {
  EXPECT_TRUE(CheckCommand(SetComment(std::string(1024, 'a'))).ok());
  EXPECT_FALSE(CheckCommand(SetComment(std::string(1025, 'a'))).ok());
}

TEST(CommandTest, RefusesOddPropertyNames) {
  RosCommand command = SetComment("a");
  for (const char* name : {"", "Comment", "a b", "a=b", "a\"b"}) {
    command.values = {{name, "x"}};
    EXPECT_FALSE(CheckCommand(command).ok()) << name;
    command.values = {};
    command.any_of = {{name, "x"}};
    EXPECT_FALSE(CheckCommand(command).ok()) << name;
    command.any_of = {};
    command.properties = {name};
    EXPECT_FALSE(CheckCommand(command).ok()) << name;
    command.properties = {};
  }
}

TEST(CommandTest, RefusesWhatIsNoIdOfARecord) {
  RosCommand command = SetComment("a");
  for (const char* id : {"", "*", "1F", "*1G", "*1F/x", "*1F x", "[find]"}) {
    command.id = id;
    EXPECT_FALSE(CheckCommand(command).ok()) << id;
  }
}

TEST(CommandTest, AFileIsAlsoRemovedByItsName) {
  RosCommand command{.menu = "/file",
                     .verb = Verb::kRemove,
                     .id = "storage-pool/csi/a.img",
                     .values = {},
                     .any_of = {},
                     .properties = {}};
  EXPECT_TRUE(CheckCommand(command).ok());
  command.id = "storage-pool/a b";
  EXPECT_FALSE(CheckCommand(command).ok());
  command.menu = "/disk";
  command.id = "csi-0";
  EXPECT_FALSE(CheckCommand(command).ok());
}

}  // namespace
}  // namespace rds_csi
