// SPDX-License-Identifier: Apache-2.0
#include "rds/rest_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "rds/golden.h"

namespace rds_csi {
namespace {

using Verb = RosCommand::Verb;
using Code = absl::StatusCode;

TEST(HttpRequestTest, PrintJoinsItsAlternatives) {
  RosCommand command = DiskCommand(Verb::kPrint);
  command.properties = {".id", "slot"};
  command.any_of = {{"slot", "a"}, {"slot", "b"}, {"mount-point", "pool"}};
  const auto request = ToHttpRequest(command);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->path, "/rest/disk/print");
  EXPECT_EQ(
      request->body,
      R"({".proplist":[".id","slot"],".query":["slot=a","slot=b","mount-point=pool","#||"]})");
}

TEST(HttpRequestTest, APrintOfEverythingHasNoQuery) {
  EXPECT_EQ(ToHttpRequest(DiskCommand(Verb::kPrint))->body, "{}");
}

TEST(HttpRequestTest, AddSetAndRemove) {
  RosCommand add = DiskCommand(Verb::kAdd);
  add.values = {{"slot", "a"}};
  EXPECT_EQ(ToHttpRequest(add)->method, "PUT");
  EXPECT_EQ(ToHttpRequest(add)->path, "/rest/disk");
  EXPECT_EQ(ToHttpRequest(add)->body, R"({"slot":"a"})");
  RosCommand set = DiskCommand(Verb::kSet);
  set.values = {{"comment", ""}};
  EXPECT_EQ(ToHttpRequest(set)->method, "PATCH");
  EXPECT_EQ(ToHttpRequest(set)->path, "/rest/disk/*1F");
  EXPECT_EQ(ToHttpRequest(set)->body, R"({"comment":""})");
  EXPECT_EQ(ToHttpRequest(DiskCommand(Verb::kRemove))->method, "DELETE");
  EXPECT_EQ(ToHttpRequest(DiskCommand(Verb::kRemove))->path, "/rest/disk/*1F");
}

TEST(HttpRequestTest, AFileIsRemovedByItsName) {
  RosCommand command = DiskCommand(Verb::kRemove);
  command.menu = "/file";
  command.id = "pool/a.img";
  EXPECT_EQ(ToHttpRequest(command)->method, "POST");
  EXPECT_EQ(ToHttpRequest(command)->path, "/rest/file/remove");
  EXPECT_EQ(ToHttpRequest(command)->body, R"({"numbers":"pool/a.img"})");
}

TEST(HttpRequestTest, AnIdCannotLeadToAnotherPath) {
  RosCommand command = DiskCommand(Verb::kSet);
  command.id = "*1F/../../user";
  EXPECT_EQ(ToHttpRequest(command).status().code(), Code::kInvalidArgument);
}

TEST(HttpReplyTest, GoldenFiles) {
  for (const Golden& golden : ReadGoldens("rest")) {
    const auto records = ParseHttpReply(golden.http_status, golden.reply, DiskCommand(golden.verb));
    EXPECT_EQ(Shown(records), golden.expected) << golden.name;
  }
}

TEST(HttpReplyTest, ATruncatedAnswerIsNeverTakenForData) {
  const std::string whole = R"([{".id":"*1","slot":"a"},{".id":"*2","slot":"b"}])";
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ParseHttpReply(200, whole.substr(0, size), DiskCommand(Verb::kPrint)).ok())
        << size;
  }
}

TEST(HttpReplyTest, APageOfSomebodyElseIsNoMissingVolume) {
  for (const long status : {200L, 403L, 404L, 502L}) {
    const auto records =
        ParseHttpReply(status, "<html><body>Not Found</body></html>", DiskCommand(Verb::kPrint));
    EXPECT_EQ(records.status().code(), Code::kInternal) << status;
  }
}

TEST(HttpReplyTest, AnUnreadableAnswerToAChangeIsAnUnknownOutcome) {
  for (const char* body : {"", "<html>", "[]", R"([{"a":"1"},{"a":"2"}])", R"({"a":{}})"}) {
    EXPECT_EQ(ParseHttpReply(200, body, DiskCommand(Verb::kSet)).status().code(),
              Code::kDeadlineExceeded)
        << body;
  }
}

TEST(HttpReplyTest, AMissingRecordIsNotFoundOnlyInRouterOsOwnWords) {
  EXPECT_EQ(
      ParseHttpReply(404, R"({"error":404,"message":"Not Found"})", DiskCommand(Verb::kRemove))
          .status()
          .code(),
      Code::kNotFound);
  EXPECT_EQ(ParseHttpReply(404, "Not Found", DiskCommand(Verb::kRemove)).status().code(),
            Code::kDeadlineExceeded);
}

TEST(HttpReplyTest, AnErrorWithoutWordsIsShownAsItIs) {
  const auto records =
      ParseHttpReply(400, R"({"error":400,"detail":7})", DiskCommand(Verb::kPrint));
  EXPECT_EQ(records.status().code(), Code::kInternal);
  EXPECT_THAT(Message(records.status()), testing::HasSubstr("HTTP 400"));
}

TEST(HttpReplyTest, NumbersAreTakenAsTheyStandThere) {
  const auto records = ParseHttpReply(200, R"([{"a":-1,"b":1.50,"c":18446744073709551615}])",
                                      DiskCommand(Verb::kPrint));
  ASSERT_TRUE(records.ok());
  EXPECT_EQ(records->at(0), (RosRecord{{"a", "-1"}, {"b", "1.50"}, {"c", "18446744073709551615"}}));
}

TEST(HttpReplyTest, AListInAListIsNoAnswer) {
  for (const char* body : {R"([[{"a":"1"}]])", R"([{"a":[["1"]]}])"}) {
    EXPECT_EQ(ParseHttpReply(200, body, DiskCommand(Verb::kPrint)).status().code(), Code::kInternal)
        << body;
  }
}

}  // namespace
}  // namespace rds_csi
