// SPDX-License-Identifier: Apache-2.0
#include "sim/rest/http_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "sim/rest/rest_query.h"
#include "sim/rest/rest_request.h"

namespace rds_csi::sim {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(HttpMessageTest, TakesARequestApart) {
  const auto request =
      ParseHead("GET /rest/disk/*1F?slot=a%20b&.proplist=x,y HTTP/1.1\r\nHost: h\r\nX-Y:  z \r");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, "GET");
  EXPECT_THAT(request->path, ElementsAre("rest", "disk", "*1F"));
  EXPECT_THAT(request->query, ElementsAre(Pair("slot", "a b"), Pair(".proplist", "x,y")));
  EXPECT_EQ(request->Header("x-y"), "z");
}

TEST(HttpMessageTest, ASlashInANameIsEscaped) {
  const auto request = ParseHead("GET /rest/file/a%2Fb HTTP/1.1");
  ASSERT_TRUE(request.ok());
  EXPECT_THAT(request->path, ElementsAre("rest", "file", "a/b"));
}

TEST(HttpMessageTest, RefusesWhatIsNoRequest) {
  for (const char* head : {"", "GET", "GET /", "GET / HTTP/2", "SSH-2.0-OpenSSH_9", "\r\n\r\n"}) {
    EXPECT_FALSE(ParseHead(head).ok()) << head;
  }
}

TEST(HttpMessageTest, LeavesABrokenEscapeAlone) {
  EXPECT_EQ(PercentDecode("100%"), "100%");
  EXPECT_EQ(PercentDecode("%zz%4"), "%zz%4");
  EXPECT_EQ(PercentDecode("%41%2f"), "A/");
}

TEST(HttpMessageTest, ReadsBasicCredentials) {
  EXPECT_THAT(BasicCredentials("Basic Y3NpOnM6M2NyZXQ="), Pair("csi", "s:3cret"));
  EXPECT_THAT(BasicCredentials("Bearer x"), Pair("", ""));
  EXPECT_THAT(BasicCredentials("Basic !!!"), Pair("", ""));
}

Record Row(std::string slot, uint64_t size) {
  Record row{.id = "*1", .properties = {}};
  row.Add("slot", Value::Text(std::move(slot)));
  row.Add("size", Value::Number(size));
  return row;
}

TEST(RestRequestTest, NoRequestBreaksIt) {
  const std::vector<std::string> pieces = {
      "GET ",     "POST ",     "PATCH ", "/rest", "/disk", "/print", "/add",
      "/execute", "/*1",       "?",      "&",     "=",     "%",      "%41",
      "slot",     " HTTP/1.1", "\r\n",   ":",     "x: y",  "/",      "/system/resource",
      " "};
  const std::vector<std::string> bodies = {"",
                                           "{}",
                                           "[]",
                                           "{",
                                           "7",
                                           "null",
                                           R"({".query":["#|"]})",
                                           R"({".query":7,".proplist":{}})",
                                           R"({".proplist":[[]]})",
                                           R"({"slot":{}})",
                                           R"({"slot":null})",
                                           "\xff"};
  const Schema schema = *Schema::Load("7.24");
  std::mt19937 random(7);
  int understood = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string head = round % 2 == 0 ? "POST /rest/disk" : "";
    for (auto count = random() % 8; count > 0; --count) head += pieces[random() % pieces.size()];
    auto request = ParseHead(head + (round % 2 == 0 ? " HTTP/1.1" : ""));
    if (!request.ok()) continue;
    request->body = bodies[random() % bodies.size()];
    understood += ParseRest(schema, *request).ok() ? 1 : 0;
  }
  EXPECT_GT(understood, 10);
}

bool Selects(const std::vector<std::string>& words, const Record& row) {
  const auto condition = ParseQuery(words);
  EXPECT_TRUE(condition.ok()) << condition.status();
  return condition.ok() && condition->Holds(row);
}

TEST(RestQueryTest, TakesTheWordsOfTheApi) {
  const Record row = Row("a", 100);
  EXPECT_TRUE(Selects({}, row));
  EXPECT_TRUE(Selects({"slot=a"}, row));
  EXPECT_TRUE(Selects({"?slot=a"}, row));
  EXPECT_TRUE(Selects({"?=slot=a"}, row));
  EXPECT_TRUE(Selects({"slot"}, row));
  EXPECT_TRUE(Selects({"-comment"}, row));
  EXPECT_TRUE(Selects({">size=99", "<size=101"}, row));
  EXPECT_FALSE(Selects({">size=100"}, row));
  EXPECT_TRUE(Selects({"slot=b", "slot=a", "#|"}, row));
  EXPECT_FALSE(Selects({"slot=b", "slot=a", "#&"}, row));
  EXPECT_TRUE(Selects({"slot=b", "#!"}, row));
  EXPECT_FALSE(Selects({"slot=a", "slot=b", "#|!"}, row));
}

TEST(RestQueryTest, NamesAWordThatItCannotUse) {
  EXPECT_FALSE(ParseQuery({"slot=a", "#|"}).ok());
  EXPECT_FALSE(ParseQuery({"#!"}).ok());
  EXPECT_FALSE(ParseQuery({"slot=a", "#?"}).ok());
}

}  // namespace
}  // namespace rds_csi::sim
