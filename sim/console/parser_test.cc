// SPDX-License-Identifier: Apache-2.0
#include "sim/console/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/status_macros.h"

namespace rds_csi::sim {
namespace {

const Schema& Version724() {
  static const Schema kSchema = *Schema::Load("7.24");
  return kSchema;
}

std::string ErrorOf(std::string_view line) {
  return std::string(Message(ParseLine(Version724(), line).status()));
}

Statement OnlyStatement(std::string_view line) {
  const auto statements = ParseLine(Version724(), line);
  EXPECT_TRUE(statements.ok()) << line << ": " << statements.status();
  if (!statements.ok() || statements->size() != 1) return {};
  return statements->front();
}

TEST(ParserTest, MenusAreWrittenWithBlanksOrSlashes) {
  for (const char* line : {"/disk btrfs subvolume add name=x", "/disk/btrfs/subvolume/add name=x",
                           "/disk/btrfs subvolume add name=x", "disk btrfs/subvolume/add name=x"}) {
    EXPECT_EQ(OnlyStatement(line).menu, "/disk/btrfs/subvolume") << line;
    EXPECT_EQ(OnlyStatement(line).verb, "add") << line;
  }
}

TEST(ParserTest, AMenuAloneIsWhereTheNextCommandStarts) {
  EXPECT_EQ(OnlyStatement("/disk; print").menu, "/disk");
}

TEST(ParserTest, UnknownCommandsAreNamedWithTheirColumn) {
  EXPECT_EQ(ErrorOf("/disk foo bar"), "bad command name foo (line 1 column 7)");
  EXPECT_EQ(ErrorOf("/foo"), "bad command name foo (line 1 column 2)");
  EXPECT_EQ(ErrorOf(":do { }"), "bad command name do (line 1 column 2)");
}

TEST(ParserTest, UnknownArgumentsEndTheCommand) {
  EXPECT_EQ(ErrorOf("/disk add type=file bogus=1"), "expected end of command (line 1 column 21)");
  EXPECT_EQ(ErrorOf("/disk add stray"), "expected end of command (line 1 column 11)");
}

TEST(ParserTest, AnErrorInTheSecondCommandIsFoundBeforeTheFirstRuns) {
  EXPECT_EQ(ErrorOf("/disk print; /disk bar"), "bad command name bar (line 1 column 20)");
}

TEST(ParserTest, WhatIsLeftOpenIsASyntaxError) {
  EXPECT_EQ(ErrorOf("/disk add slot=\"a"), "syntax error (line 1 column 16)");
  EXPECT_THAT(ErrorOf("/disk remove [find slot=a"), testing::HasSubstr("syntax error"));
  EXPECT_THAT(ErrorOf(":put (1"), testing::HasSubstr("syntax error"));
  EXPECT_THAT(ErrorOf(":put {1;2"), testing::HasSubstr("syntax error"));
}

TEST(ParserTest, AnUnknownEscapeIsASyntaxError) {
  EXPECT_EQ(ErrorOf(":put \"\\q\""), "syntax error (line 1 column 7)");
  EXPECT_EQ(ErrorOf(":put \"\\0a\""), "syntax error (line 1 column 7)");
}

TEST(ParserTest, TextRightBehindAQuoteIsRefused) {
  EXPECT_EQ(ErrorOf("/disk add slot=\"a\"b"), "expected end of command (line 1 column 19)");
}

TEST(ParserTest, DeepNestingIsRefusedAndDoesNotOverflow) {
  EXPECT_THAT(ErrorOf(":put " + std::string(100000, '(')), testing::HasSubstr("syntax error"));
  EXPECT_THAT(ErrorOf(":put " + std::string(100000, '{')), testing::HasSubstr("syntax error"));
  std::string brackets;
  for (int i = 0; i < 10000; ++i) brackets += "[:put ";
  EXPECT_THAT(ErrorOf(brackets), testing::HasSubstr("syntax error"));
}

TEST(ParserTest, BareWordsTakePathsIdsAndNqns) {
  const Statement statement =
      OnlyStatement("/disk set *1F nvme-tcp-server-nqn=nqn.2000-02.com.mikrotik:a=b");
  ASSERT_EQ(statement.arguments.size(), 2U);
  EXPECT_EQ(statement.arguments[0].name, "numbers");
  EXPECT_EQ(statement.arguments[0].value->text, "*1F");
  EXPECT_EQ(statement.arguments[1].value->text, "nqn.2000-02.com.mikrotik:a=b");
}

}  // namespace
}  // namespace rds_csi::sim
