// SPDX-License-Identifier: Apache-2.0
#include "kube/api.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "base/status.h"
#include "kube/fake_http.h"
#include "kube/watch_line.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;
using Fault = FakeKube::Fault;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ApiTest : public testing::Test {
 protected:
  static Json Node(const std::string& name) { return {{"metadata", {{"name", name}}}}; }

  void PutNodes(int count) {
    for (int i = 0; i < count; ++i) server_.Put(kNodes, Node(fmt::format("node-{:04}", i)));
  }

  // A refusal that asks to come back later.
  static Http::Answer Wait(absl::Duration wait, long status = 503) {
    Http::Answer answer = FakeKube::Refusal(status, "ServiceUnavailable");
    answer.retry_after = wait;
    return answer;
  }

  absl::StatusOr<std::string> List(const ListOptions& options = {}) {
    const ListSink sink{[this] {
                          ++starts_;
                          listed_.clear();
                        },
                        [this](const Json& object) {
                          listed_.push_back(object);
                          take_();
                          return absl::OkStatus();
                        }};
    return api_.List(kNodes, "", options, sink, until_);
  }

  absl::StatusOr<WatchEnd> Watch(std::string& from, absl::Duration length = absl::ZeroDuration()) {
    return api_.Watch(
        kNodes, "", {length, {}}, from,
        [this](const WatchEvent& event) {
          events_.push_back(event.kind);
          return on_event_;
        },
        until_);
  }

  FakeKube server_;
  KubeApi api_{server_};
  Http::Until until_{absl::Now() + absl::Seconds(20), {}};
  std::vector<Json> listed_;
  int starts_ = 0;
  std::function<void()> take_ = [] {};
  std::vector<WatchEvent::Kind> events_;
  absl::Status on_event_;
};

TEST_F(ApiTest, GetAnswersTheWholeObject) {
  Json node = Node("a");
  node["spec"]["somethingOfTheFuture"] = {1, 2, 3};
  server_.Put(kNodes, node);
  const auto object = api_.Get(kNodes, {"", "a"}, until_);
  ASSERT_TRUE(object.ok()) << Message(object.status());
  EXPECT_EQ((*object)["spec"], node["spec"]);
}

TEST_F(ApiTest, ATT_6_GetTellsAbsentFromUnknown) {
  EXPECT_EQ(api_.Get(kNodes, {"", "a"}, until_).status().code(), Code::kNotFound);
  server_.Fail({"get", {}, Error(Code::kUnavailable, "no route")});
  EXPECT_EQ(api_.Get(kNodes, {"", "a"}, until_).status().code(), Code::kUnavailable);
  server_.Fail({"get", FakeKube::Refusal(500, "InternalError"), {}});
  EXPECT_EQ(api_.Get(kNodes, {"", "a"}, until_).status().code(), Code::kUnavailable);
  server_.Fail({"get", {404, "<html>default backend</html>", {}}, {}});
  EXPECT_NE(api_.Get(kNodes, {"", "a"}, until_).status().code(), Code::kNotFound);
}

TEST_F(ApiTest, AnAnswerThatCannotBeReadNamesWhatWasAskedFor) {
  server_.Fail({"get", {200, "[[[[", {}}, {}});
  const auto object = api_.Get(kNodes, {"", "a"}, until_);
  EXPECT_EQ(object.status().code(), Code::kInternal);
  EXPECT_THAT(Message(object.status()), HasSubstr("get nodes a"));
}

TEST_F(ApiTest, ListGoesFromPageToPage) {
  PutNodes(7);
  const auto version = List({3, {}});
  ASSERT_TRUE(version.ok()) << Message(version.status());
  EXPECT_EQ(listed_.size(), 7U);
  EXPECT_EQ(server_.Asked("GET /api/v1/nodes?limit=3"), 3);
  EXPECT_EQ(starts_, 1);
}

TEST_F(ApiTest, ListStartsOverWhenItsStateIsNoLongerKept) {
  PutNodes(7);
  take_ = [this] {
    if (listed_.size() == 3 && starts_ == 1) server_.Compact();
  };
  ASSERT_TRUE(List({3, {}}).ok());
  EXPECT_EQ(starts_, 2);
  EXPECT_EQ(listed_.size(), 7U);
}

TEST_F(ApiTest, AListThatNeverEndsIsGivenUp) {
  PutNodes(7);
  take_ = [this] { server_.Compact(); };
  EXPECT_EQ(List({3, {}}).status().code(), Code::kOutOfRange);
  EXPECT_EQ(starts_, 1 + 5);
}

TEST_F(ApiTest, AListThatIsGoneBeforeItBeganIsNotBegunAgain) {
  server_.Fail({"list", FakeKube::Refusal(410, "Expired"), {}});
  EXPECT_EQ(List().status().code(), Code::kOutOfRange);
  EXPECT_EQ(starts_, 1);
}

TEST_F(ApiTest, ListPassesOnWhatTheTakerSays) {
  PutNodes(1);
  const ListSink sink{[] {}, [](const Json&) { return Error(Code::kAborted, "enough"); }};
  EXPECT_EQ(api_.List(kNodes, "", {}, sink, until_).status().code(), Code::kAborted);
}

TEST_F(ApiTest, AListWithoutAVersionOrWithOtherThingsThanItemsIsNone) {
  for (const char* const body :
       {R"({"items":[]})", R"({"metadata":{"resourceVersion":"1"},"items":{}})",
        R"({"metadata":{"resourceVersion":"1","continue":7},"items":[]})"}) {
    server_.Fail({"list", {200, body, {}}, {}});
    EXPECT_EQ(List().status().code(), Code::kInternal) << body;
  }
}

TEST_F(ApiTest, AListOfNothingMayLackItsItems) {
  server_.Fail({"list", {200, R"({"metadata":{"resourceVersion":"1"},"items":null})", {}}, {}});
  EXPECT_EQ(*List(), "1");
  EXPECT_THAT(listed_, IsEmpty());
}

TEST_F(ApiTest, WaitsAsLongAsTheServerAsksTo) {
  PutNodes(1);
  server_.Fail({"get", Wait(absl::Milliseconds(150), 429), {}, 2});
  const absl::Time begun = absl::Now();
  EXPECT_TRUE(api_.Get(kNodes, {"", "node-0000"}, until_).ok());
  EXPECT_GE(absl::Now() - begun, absl::Milliseconds(300));
}

TEST_F(ApiTest, ComesBackOnlyToAServerThatIsBusy) {
  for (const long status : {302, 408, 409, 410, 500, 502, 504}) {
    server_.Fail({"create", Wait(absl::ZeroDuration(), status), {}});
    EXPECT_FALSE(api_.Create(kEvents, "shop", Node("a.1"), until_).ok()) << status;
  }
  EXPECT_THAT(server_.All(kEvents), IsEmpty());
}

TEST_F(ApiTest, NeverComesBackAtOnceEvenIfItMay) {
  PutNodes(1);
  server_.Fail({"get", Wait(absl::ZeroDuration()), {}});
  until_.deadline = absl::Now() + absl::Milliseconds(90);  // It would wait for 100 ms.
  EXPECT_EQ(api_.Get(kNodes, {"", "node-0000"}, until_).status().code(), Code::kUnavailable);
}

TEST_F(ApiTest, DoesNotWaitForLongerThanTheCallerDoes) {
  server_.Fail({"get", Wait(absl::Seconds(30)), {}});
  const absl::Time begun = absl::Now();
  EXPECT_EQ(api_.Get(kNodes, {"", "a"}, until_).status().code(), Code::kUnavailable);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
}

TEST_F(ApiTest, AWaitEndsAtOnceWhenTheCallerStops) {
  server_.Fail({"get", Wait(absl::Seconds(10)), {}});
  std::stop_source stop;
  until_.stop = stop.get_token();
  const std::jthread stopper([&stop] {
    absl::SleepFor(absl::Milliseconds(50));
    stop.request_stop();
  });
  const absl::Time begun = absl::Now();
  EXPECT_EQ(api_.Get(kNodes, {"", "a"}, until_).status().code(), Code::kCancelled);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
}

TEST_F(ApiTest, WatchTellsWhatHappenedAfterItsBeginningAndMovesIt) {
  PutNodes(1);
  std::string from = *List();
  server_.Put(kNodes, Node("node-0000"));
  server_.Put(kNodes, Node("new"));
  server_.Remove(kNodes, {"", "new"});
  const auto end = Watch(from);
  ASSERT_TRUE(end.ok()) << Message(end.status());
  EXPECT_EQ(*end, WatchEnd::kOver);
  using enum WatchEvent::Kind;
  EXPECT_THAT(events_, ElementsAre(kModified, kAdded, kDeleted));
  events_.clear();
  EXPECT_TRUE(Watch(from).ok());
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(ApiTest, WatchSaysWhenItsBeginningIsNoLongerKept) {
  std::string from = *List();
  server_.Compact();
  EXPECT_EQ(*Watch(from), WatchEnd::kExpired);
}

TEST_F(ApiTest, WatchUnderstandsAnExpiryThatComesAsALine) {
  std::string from = *List();
  const std::jthread server([this] {
    absl::SleepFor(absl::Milliseconds(50));
    server_.SendLine(R"({"type":"ERROR","object":)" + FakeKube::Refusal(410, "Expired").body + "}");
  });
  EXPECT_EQ(*Watch(from, absl::Seconds(10)), WatchEnd::kExpired);
}

TEST(WatchLineTest, AnErrorThatDoesNotSayWhichIsATroubledServer) {
  for (const char* const code : {"null", "0", "200", "\"410\""}) {
    const std::string line = fmt::format(R"({{"type":"ERROR","object":{{"code":{}}}}})", code);
    const auto read = ParseWatchLine(line, {"watch", kNodes, {}}, {});
    EXPECT_EQ(read.status().code(), Code::kUnavailable) << code;
  }
}

TEST_F(ApiTest, WatchDoesNotMoveOverWhatCouldNotBeTaken) {
  std::string from = *List();
  const std::string before = from;
  PutNodes(1);
  on_event_ = Error(Code::kInternal, "unreadable");
  EXPECT_EQ(Watch(from).status().code(), Code::kInternal);
  EXPECT_EQ(from, before);
}

TEST_F(ApiTest, ALineThatIsNoEventEndsTheWatch) {
  std::string from = *List();
  for (const char* const line :
       {"<html>", "{}", R"({"type":"ADDED"})", R"({"type":"ADDED","object":[]})",
        R"({"type":"GUESS","object":{"metadata":{"resourceVersion":"1"}}})",
        R"({"type":"ADDED","object":{"metadata":{}}})"}) {
    const std::jthread server([&] {
      absl::SleepFor(absl::Milliseconds(30));
      server_.SendLine(line);
    });
    EXPECT_EQ(Watch(from, absl::Seconds(10)).status().code(), Code::kInternal) << line;
  }
}

TEST_F(ApiTest, AWatchThatBreaksOffIsUnavailable) {
  std::string from = *List();
  const std::jthread server([this] {
    absl::SleepFor(absl::Milliseconds(50));
    server_.BreakWatches();
  });
  EXPECT_EQ(Watch(from, absl::Seconds(10)).status().code(), Code::kUnavailable);
}

TEST_F(ApiTest, ARefusedWatchNamesItsRight) {
  std::string from = "1";
  server_.Fail({"watch", FakeKube::Refusal(403, "Forbidden"), {}});
  const auto end = Watch(from);
  EXPECT_EQ(end.status().code(), Code::kPermissionDenied);
  EXPECT_THAT(Message(end.status()), AllOf(HasSubstr("\"watch\""), HasSubstr("\"nodes\"")));
}

TEST_F(ApiTest, CreateAnswersWhatTheServerMadeOfIt) {
  const auto made = api_.Create(kEvents, "shop", Node("a.1"), until_);
  ASSERT_TRUE(made.ok()) << Message(made.status());
  EXPECT_EQ((*made)["metadata"]["namespace"], "shop");
  EXPECT_EQ(api_.Create(kEvents, "shop", Node("a.1"), until_).status().code(),
            Code::kAlreadyExists);
}

TEST_F(ApiTest, APatchLeavesFieldsAloneThatNobodyHereKnows) {
  Json node = Node("a");
  node["spec"] = {{"future", {{"deep", true}}}, {"old", 1}};
  server_.Put(kNodes, node);
  ASSERT_TRUE(
      api_.MergePatch(kNodes, {"", "a"}, {{"spec", {{"old", nullptr}, {"new", 2}}}}, until_).ok());
  EXPECT_EQ((*server_.Find(kNodes, {"", "a"}))["spec"],
            (Json{{"future", {{"deep", true}}}, {"new", 2}}));
}

TEST_F(ApiTest, APatchOfAVersionThatIsNoLongerTheLastIsRefused) {
  server_.Put(kNodes, Node("a"));
  const Json patch = {{"metadata", {{"resourceVersion", "1"}}}};
  EXPECT_EQ(api_.MergePatch(kNodes, {"", "a"}, patch, until_).status().code(), Code::kAborted);
  EXPECT_EQ(api_.MergePatch(kNodes, {"", "b"}, patch, until_).status().code(), Code::kNotFound);
}

TEST_F(ApiTest, AChangeWhoseAnswerWasLostIsNotRepeated) {
  server_.Fail({"create", {}, Error(Code::kDeadlineExceeded, "unknown"), 1, true});
  EXPECT_EQ(api_.Create(kEvents, "shop", Node("a.1"), until_).status().code(),
            Code::kDeadlineExceeded);
  EXPECT_EQ(server_.Asked("POST"), 1);
}

}  // namespace
}  // namespace rds_csi
