// SPDX-License-Identifier: Apache-2.0
#include "rds/console.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "rds/golden.h"

namespace rds_csi {
namespace {

using Verb = RosCommand::Verb;
using Code = absl::StatusCode;

TEST(ConsoleLineTest, PrintNamesPropertiesAndAlternatives) {
  RosCommand command = DiskCommand(Verb::kPrint);
  command.properties = {".id", "slot"};
  command.any_of = {{"slot", "a"}, {"slot", "b"}, {"mount-point", "pool"}};
  EXPECT_EQ(*ToConsoleLine(command),
            ":put [:serialize to=json options=json.no-string-conversion [/disk/print as-value "
            "proplist=.id,slot where slot=\"a\" or slot=\"b\" or mount-point=\"pool\"]]; "
            ":put \"rds-csi-end\"");
}

TEST(ConsoleLineTest, AddAnswersTheNewRowInTheSameRoundTrip) {
  RosCommand command = DiskCommand(Verb::kAdd);
  command.values = {{"slot", "a"}, {"type", "file"}};
  EXPECT_EQ(*ToConsoleLine(command),
            "/disk/add slot=\"a\" type=\"file\"; :put [:serialize to=json "
            "options=json.no-string-conversion [/disk/print as-value where slot=\"a\"]]; "
            ":put \"rds-csi-end\"");
}

TEST(ConsoleLineTest, SetAnswersTheRowInTheSameRoundTrip) {
  RosCommand command = DiskCommand(Verb::kSet);
  command.values = {{"comment", ""}};
  command.properties = {"slot"};
  EXPECT_EQ(*ToConsoleLine(command),
            "/disk/set numbers=*1F comment=\"\"; :put [:serialize to=json "
            "options=json.no-string-conversion [/disk/print as-value proplist=slot where "
            ".id=*1F]]; :put \"rds-csi-end\"");
}

TEST(ConsoleLineTest, RemovesByIdAndFilesByName) {
  EXPECT_EQ(*ToConsoleLine(DiskCommand(Verb::kRemove)),
            "/disk/remove numbers=*1F; :put \"rds-csi-end\"");
  RosCommand file = DiskCommand(Verb::kRemove);
  file.menu = "/file";
  file.id = "pool/a.img";
  EXPECT_EQ(*ToConsoleLine(file),
            "/file/remove [find where name=\"pool/a.img\"]; :put \"rds-csi-end\"");
}

TEST(ConsoleLineTest, SendsNothingThatCouldEndAString) {
  RosCommand command = DiskCommand(Verb::kSet);
  command.values = {{"comment", "a\"; /system/reset-configuration; :put \""}};
  EXPECT_EQ(ToConsoleLine(command).status().code(), Code::kInvalidArgument);
}

TEST(ConsoleReplyTest, GoldenFiles) {
  for (const Golden& golden : ReadGoldens("console")) {
    const auto records = ParseConsoleReply(golden.reply, DiskCommand(golden.verb));
    EXPECT_EQ(Shown(records), golden.expected) << golden.name;
  }
}

TEST(ConsoleReplyTest, AnAnswerWithoutItsEndIsAnUnknownOutcome) {
  for (const char* output : {"", "[]\r\n", "[{\".id\":\"*1\"", "rds-csi-en"}) {
    for (const Verb verb : {Verb::kPrint, Verb::kAdd, Verb::kSet, Verb::kRemove}) {
      EXPECT_EQ(ParseConsoleReply(output, DiskCommand(verb)).status().code(),
                Code::kDeadlineExceeded)
          << output;
    }
  }
}

TEST(ConsoleReplyTest, VOL_1_AnEmptyAnswerIsNoRecordsOnlyWhenItIsWhole) {
  const auto whole = ParseConsoleReply("\r\nrds-csi-end\r\n", DiskCommand(Verb::kPrint));
  ASSERT_TRUE(whole.ok());
  EXPECT_TRUE(whole->empty());
}

TEST(ConsoleReplyTest, AnUnreadableAnswerToAPrintIsInternal) {
  const auto records = ParseConsoleReply("what?\r\nrds-csi-end\r\n", DiskCommand(Verb::kPrint));
  EXPECT_EQ(records.status().code(), Code::kInternal);
}

TEST(ConsoleReplyTest, AnUnreadableAnswerToAChangeIsAnUnknownOutcome) {
  for (const char* output :
       {"what?\r\nrds-csi-end\r\n", "[]\r\nrds-csi-end\r\n", "[{\"a\":{}}]\r\nrds-csi-end\r\n"}) {
    EXPECT_EQ(ParseConsoleReply(output, DiskCommand(Verb::kSet)).status().code(),
              Code::kDeadlineExceeded)
        << output;
  }
}

TEST(ConsoleReplyTest, DataThatReadsLikeAnErrorIsData) {
  const auto records = ParseConsoleReply(
      "[{\"slot\":\"a\",\"comment\":\"failure: no such item\"}]\r\nrds-csi-end\r\n",
      DiskCommand(Verb::kPrint));
  ASSERT_TRUE(records.ok());
  EXPECT_EQ(records->at(0).at("comment"), "failure: no such item");
}

}  // namespace
}  // namespace rds_csi
