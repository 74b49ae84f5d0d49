// SPDX-License-Identifier: Apache-2.0
#include "kube/watched.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "absl/time/clock.h"
#include "kube/fake_http.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kLists = "GET /api/v1/nodes?limit";
constexpr const char* kWatches = "GET /api/v1/nodes?watch";

class WatchedTest : public testing::Test {
 protected:
  WatchedTest() {
    options_.first_wait = absl::Milliseconds(10);
    options_.longest_wait = absl::Milliseconds(50);
  }

  static Json Node(const std::string& name, const std::string& uid = "u") {
    return {{"metadata", {{"name", name}, {"uid", uid}}}};
  }

  static Json Unreadable(const std::string& name) {
    Json node = Node(name);
    node["metadata"]["uid"] = 1;
    return node;
  }

  // Keeps the uids, but not of nodes whose uid is "other".
  absl::StatusOr<std::optional<std::string>> UidOf(const Json& object) const {
    ASSIGN_OR_RETURN(const ObjectMeta meta, ReadMeta(object, "node"));
    read_(meta.name.name);
    if (meta.uid == "other") return std::nullopt;
    return meta.uid;
  }

  void Begin() {
    watched_.emplace(api_, kNodes, [this](const Json& object) { return UidOf(object); }, options_);
  }
  void Start() {
    Begin();
    ASSERT_TRUE(watched_->WaitUntilComplete(absl::Now() + absl::Seconds(20)));
    ASSERT_TRUE(Eventually([this] { return server_.Asked(kWatches) > 0; }));
  }
  // Nodes "a", "b" and "c", a page each, are known, and from now on `read` is called for each.
  void StartWithThreePages(std::function<void(const std::string& name)> read) {
    for (const char* const name : {"a", "b", "c"}) server_.Put(kNodes, Node(name, "old"));
    options_.list.page = 1;
    Start();
    read_ = std::move(read);
  }
  void ForgetWhatIsWatched() {
    server_.Fail({"watch", FakeKube::Refusal(410, "Expired"), {}});
    server_.BreakWatches();
  }
  template <typename Condition>
  static bool Eventually(Condition condition) {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (!condition() && absl::Now() < end) absl::SleepFor(absl::Milliseconds(2));
    return condition();
  }
  bool Shows(const std::string& name, const std::optional<std::string>& uid) const {
    return Eventually([&] { return watched_->Find({"", name}) == uid; });
  }

  FakeKube server_;
  KubeApi api_{server_};
  FollowOptions options_;
  std::function<void(const std::string& name)> read_ = [](const std::string&) {};
  std::optional<Watched<std::string>> watched_;
};

TEST_F(WatchedTest, KeepsWhatIsAskedOfEach) {
  server_.Put(kNodes, Node("a", "1"));
  server_.Put(kNodes, Node("b", "2"));
  server_.Put(kNodes, Node("c", "other"));
  options_.list.page = 1;
  Start();
  EXPECT_THAT(watched_->All(), UnorderedElementsAre("1", "2"));
  EXPECT_EQ(watched_->Find({"", "a"}), "1");
}

TEST_F(WatchedTest, FollowsWhatHappens) {
  Start();
  server_.Put(kNodes, Node("a", "1"));
  EXPECT_TRUE(Shows("a", "1"));
  server_.Put(kNodes, Node("a", "2"));
  EXPECT_TRUE(Shows("a", "2"));
  server_.Remove(kNodes, {"", "a"});
  EXPECT_TRUE(Shows("a", std::nullopt));
  EXPECT_EQ(server_.Asked(kLists), 1);
}

TEST_F(WatchedTest, ATT_6_IsNotCompleteBeforeItsFirstListHasEnded) {
  server_.Fail({"list", FakeKube::Refusal(500, "InternalError"), {}, 1'000'000});
  Begin();
  EXPECT_FALSE(watched_->WaitUntilComplete(absl::Now() + absl::Milliseconds(100)));
  EXPECT_FALSE(watched_->Fresh().complete);
  EXPECT_EQ(watched_->Fresh().as_of, absl::InfinitePast());
  EXPECT_TRUE(absl::IsUnavailable(watched_->Fresh().error));
}

TEST_F(WatchedTest, WhatIsNoLongerOfInterestGoes) {
  server_.Put(kNodes, Node("a", "1"));
  Start();
  server_.Put(kNodes, Node("a", "other"));
  EXPECT_TRUE(Shows("a", std::nullopt));
}

TEST_F(WatchedTest, AListHasATimeLimitAndAWatchHasNone) {
  Start();
  EXPECT_LE(server_.Patience(kLists), options_.list_timeout);
  EXPECT_GT(server_.Patience(kLists), options_.list_timeout / 2);
  EXPECT_EQ(server_.Patience(kWatches), absl::InfiniteDuration());
}

TEST_F(WatchedTest, AFirstListThatIsCutOffShowsNothing) {
  server_.Put(kNodes, Node("a"));
  server_.Put(kNodes, Node("b"));
  options_.list.page = 1;
  read_ = [this](const std::string&) { server_.Fail({"list", {500, "", {}}, {}, 1'000'000}); };
  Begin();
  ASSERT_TRUE(Eventually([this] { return server_.Asked(kLists) > 3; }));
  EXPECT_THAT(watched_->All(), IsEmpty());
  EXPECT_FALSE(watched_->Fresh().complete);
}

TEST_F(WatchedTest, OfAListThatStartsOverNothingIsKeptFromBefore) {
  server_.Put(kNodes, Node("a", "1"));
  server_.Put(kNodes, Node("b", "2"));
  options_.list.page = 1;
  read_ = [this](const std::string& name) {
    if (name != "a") return;
    server_.Remove(kNodes, {"", "a"});
    server_.Compact();
  };
  Start();
  EXPECT_THAT(watched_->All(), UnorderedElementsAre("2"));
}

TEST_F(WatchedTest, OfAnotherListThatIsCutOffNothingIsTaken) {
  StartWithThreePages([this](const std::string& name) {
    if (name == "a") server_.Put(kNodes, Node("b", "new"));
    if (name == "b") server_.Fail({"list", {500, "", {}}, {}, 1'000'000});
  });
  ForgetWhatIsWatched();
  ASSERT_TRUE(Eventually([this] { return server_.Asked(kLists) > 3 + 3; }));
  EXPECT_THAT(watched_->All(), UnorderedElementsAre("old", "old", "old"));
  EXPECT_TRUE(watched_->Fresh().complete);
  EXPECT_TRUE(absl::IsUnavailable(watched_->Fresh().error));
}

TEST_F(WatchedTest, OfAListThatNeverEndsNothingIsTaken) {
  StartWithThreePages([this](const std::string& name) {
    if (name == "a") server_.Put(kNodes, Node("b", "new"));
    if (name == "b") server_.Compact();
  });
  ForgetWhatIsWatched();
  ASSERT_TRUE(Eventually([this] { return absl::IsOutOfRange(watched_->Fresh().error); }));
  EXPECT_THAT(watched_->All(), UnorderedElementsAre("old", "old", "old"));
  EXPECT_TRUE(watched_->Fresh().complete);
}

TEST_F(WatchedTest, ABrokenWatchGoesOnWhereItWas) {
  Start();
  server_.BreakWatches();
  server_.Put(kNodes, Node("a", "1"));
  EXPECT_TRUE(Shows("a", "1"));
  EXPECT_TRUE(Eventually([this] { return server_.Asked(kWatches) == 2; }));
  EXPECT_EQ(server_.Asked(kLists), 1);
}

TEST_F(WatchedTest, ItGoesOnAsSoonAsSomethingIsHeardAgain) {
  Start();
  server_.Fail({"watch", {}, Error(Code::kUnavailable, "no route")});
  server_.BreakWatches();
  ASSERT_TRUE(Eventually([this] { return !watched_->Fresh().error.ok(); }));
  server_.Put(kNodes, Node("a", "1"));
  EXPECT_TRUE(Eventually([this] { return watched_->Fresh().error.ok(); }));
}

TEST_F(WatchedTest, TheWatchBeginsAsSoonAsTheListHasEnded) {
  options_.first_wait = options_.longest_wait = absl::Hours(1);
  Start();
  server_.Put(kNodes, Node("a", "1"));
  EXPECT_TRUE(Shows("a", "1"));
}

TEST_F(WatchedTest, AfterABreakItWaitsWhateverItHadHeardAndEndsAtOnceAllTheSame) {
  options_.first_wait = options_.longest_wait = absl::Hours(1);
  Start();
  server_.Put(kNodes, Node("a", "1"));
  ASSERT_TRUE(Shows("a", "1"));
  server_.BreakWatches();
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_EQ(server_.Asked(kWatches), 1);
  const absl::Time begun = absl::Now();
  watched_.reset();
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
}

TEST_F(WatchedTest, WhatIsHeardBeginsTheWaitsAnew) {
  options_.longest_wait = absl::Hours(1);
  Start();
  const absl::Time begun = absl::Now();
  for (int i = 1; i <= 11; ++i) {  // 20 s, were the waits to go on doubling.
    server_.Put(kNodes, Node("a", fmt::to_string(i)));
    ASSERT_TRUE(Shows("a", fmt::to_string(i)));
    server_.BreakWatches();
    ASSERT_TRUE(Eventually([&] { return server_.Asked(kWatches) > i; }));
  }
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
}

TEST_F(WatchedTest, AWatchThatEndsInItsTimeIsFollowedByTheNextAtOnceAndIsNews) {
  options_.watch.length = absl::ZeroDuration();
  options_.first_wait = absl::Nanoseconds(1);  // So short that every watch has had its time.
  options_.longest_wait = absl::Hours(1);
  Start();
  const absl::Time first = watched_->Fresh().as_of;
  EXPECT_TRUE(Eventually([this] { return server_.Asked(kWatches) > 50; }));
  EXPECT_TRUE(Eventually([&] { return watched_->Fresh().as_of > first; }));
}

TEST_F(WatchedTest, ListsAgainWhenTooMuchWasMissed) {
  server_.Put(kNodes, Node("a", "1"));
  Start();
  server_.Fail({"watch", {}, Error(Code::kUnavailable, "no route"), 3});
  server_.BreakWatches();
  server_.Remove(kNodes, {"", "a"});
  server_.Put(kNodes, Node("b", "2"));
  server_.Compact();
  EXPECT_TRUE(Shows("b", "2"));
  EXPECT_TRUE(Shows("a", std::nullopt));
}

TEST_F(WatchedTest, WhileItListsAgainWhatItHadStaysVisible) {
  server_.Put(kNodes, Node("a", "1"));
  Start();
  const absl::Time first = watched_->Fresh().as_of;
  server_.Fail({"list", FakeKube::Refusal(500, "InternalError"), {}, 1'000'000});
  server_.Compact();
  server_.BreakWatches();
  ASSERT_TRUE(Eventually([this] { return server_.Asked(kLists) > 3; }));
  EXPECT_EQ(watched_->Find({"", "a"}), "1");
  EXPECT_TRUE(watched_->Fresh().complete);
  EXPECT_EQ(watched_->Fresh().as_of, first);
  EXPECT_FALSE(watched_->Fresh().error.ok());
}

TEST_F(WatchedTest, SaysHowOldItIs) {
  Start();
  const absl::Time first = watched_->Fresh().as_of;
  EXPECT_LE(first, absl::Now());
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_EQ(watched_->Fresh().as_of, first);
  server_.SendBookmarks();
  EXPECT_TRUE(Eventually([&] { return watched_->Fresh().as_of > first; }));
}

TEST_F(WatchedTest, AListIsAsOldAsItsBeginning) {
  server_.Put(kNodes, Node("a"));
  absl::Time read;
  read_ = [&read](const std::string&) { read = absl::Now(); };
  Start();
  EXPECT_LE(watched_->Fresh().as_of, read);
}

TEST_F(WatchedTest, AnObjectThatCannotBeReadIsNeverTakenForAbsent) {
  server_.Put(kNodes, Unreadable("a"));
  Begin();
  EXPECT_FALSE(watched_->WaitUntilComplete(absl::Now() + absl::Milliseconds(100)));
  EXPECT_TRUE(absl::IsInternal(watched_->Fresh().error));
  server_.Put(kNodes, Node("a", "7"));
  EXPECT_TRUE(Shows("a", "7"));
}

TEST_F(WatchedTest, AChangeThatCannotBeReadIsListedAgain) {
  server_.Put(kNodes, Node("a", "1"));
  Start();
  server_.Put(kNodes, Unreadable("a"));
  EXPECT_TRUE(Eventually([this] { return absl::IsInternal(watched_->Fresh().error); }));
  EXPECT_EQ(watched_->Find({"", "a"}), "1");
  server_.Put(kNodes, Node("a", "2"));
  EXPECT_TRUE(Shows("a", "2"));
}

TEST_F(WatchedTest, AServerThatEndsEveryWatchAtOnceIsNotHammered) {
  Start();
  server_.Fail({"watch", {200, "", {}}, {}, 1'000'000});
  server_.BreakWatches();
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_LT(server_.Asked(kWatches), 30);
}

TEST_F(WatchedTest, AServerThatForgetsEverythingAtOnceIsNotHammered) {
  Start();
  server_.Fail({"watch", FakeKube::Refusal(410, "Expired"), {}, 1'000'000});
  server_.BreakWatches();
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_LT(server_.Asked("GET"), 50);
}

TEST_F(WatchedTest, AServerThatForgetsAtOnceWhatTookLongToListIsNotHammered) {
  options_.first_wait = absl::Milliseconds(5);
  options_.longest_wait = absl::Hours(1);
  server_.Put(kNodes, Node("a"));
  read_ = [](const std::string&) { absl::SleepFor(absl::Milliseconds(6)); };
  server_.Fail({"watch", FakeKube::Refusal(410, "Expired"), {}, 1'000'000});
  Start();
  absl::SleepFor(absl::Milliseconds(200));
  EXPECT_LT(server_.Asked(kLists), 10);
}

TEST_F(WatchedTest, EndsAtOnce) {
  Start();
  const absl::Time begun = absl::Now();
  watched_.reset();
  EXPECT_LT(absl::Now() - begun, absl::Seconds(2));
}

TEST_F(WatchedTest, HoldsTenThousandObjects) {
  for (int i = 0; i < 10'000; ++i) server_.Put(kNodes, Node(fmt::format("n{}", i), "u"));
  Start();
  EXPECT_EQ(watched_->All().size(), 10'000U);
}

}  // namespace
}  // namespace rds_csi
