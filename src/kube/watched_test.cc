// SPDX-License-Identifier: Apache-2.0
#include "kube/watched.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "absl/time/clock.h"
#include "kube/fake_http.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;
using testing::UnorderedElementsAre;

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
    node["spec"]["taints"] = "text";
    return node;
  }

  // Keeps the uids, but not of nodes whose name begins with "other".
  static absl::StatusOr<std::optional<std::string>> UidOf(const Json& object) {
    ASSIGN_OR_RETURN(const NodeObject node, ReadNode(object));
    if (node.meta.name.name.starts_with("other")) return std::nullopt;
    return node.meta.uid;
  }

  void Start() {
    watched_.emplace(api_, kNodes, &UidOf, options_);
    ASSERT_TRUE(watched_->WaitUntilComplete(absl::Now() + absl::Seconds(20)));
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
  std::optional<Watched<std::string>> watched_;
};

TEST_F(WatchedTest, KeepsWhatIsAskedOfEach) {
  server_.Put(kNodes, Node("a", "1"));
  server_.Put(kNodes, Node("b", "2"));
  server_.Put(kNodes, Node("other", "3"));
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
  EXPECT_EQ(server_.Asked("GET /api/v1/nodes?limit"), 1);
}

TEST_F(WatchedTest, ATT_6_IsNotCompleteBeforeItsFirstListHasEnded) {
  server_.Fail({"list", FakeKube::Refusal(500, "InternalError"), {}, 1'000'000});
  watched_.emplace(api_, kNodes, &UidOf, options_);
  EXPECT_FALSE(watched_->WaitUntilComplete(absl::Now() + absl::Milliseconds(100)));
  EXPECT_FALSE(watched_->Fresh().complete);
  EXPECT_EQ(watched_->Fresh().as_of, absl::InfinitePast());
  EXPECT_TRUE(absl::IsUnavailable(watched_->Fresh().error));
}

TEST_F(WatchedTest, ABrokenWatchGoesOnWhereItWas) {
  Start();
  server_.BreakWatches();
  server_.Put(kNodes, Node("a", "1"));
  EXPECT_TRUE(Shows("a", "1"));
  EXPECT_EQ(server_.Asked("GET /api/v1/nodes?limit"), 1);
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
  server_.Fail({"list", FakeKube::Refusal(500, "InternalError"), {}, 1'000'000});
  server_.Compact();
  server_.BreakWatches();
  ASSERT_TRUE(Eventually([this] { return server_.Asked("GET /api/v1/nodes?limit") > 3; }));
  EXPECT_EQ(watched_->Find({"", "a"}), "1");
  EXPECT_TRUE(watched_->Fresh().complete);
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

TEST_F(WatchedTest, AnObjectThatCannotBeReadIsNeverTakenForAbsent) {
  server_.Put(kNodes, Unreadable("a"));
  watched_.emplace(api_, kNodes, &UidOf, options_);
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
  EXPECT_LT(server_.Asked("GET /api/v1/nodes?watch"), 30);
}

TEST_F(WatchedTest, AServerThatForgetsEverythingAtOnceIsNotHammered) {
  Start();
  server_.Fail({"watch", FakeKube::Refusal(410, "Expired"), {}, 1'000'000});
  server_.BreakWatches();
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_LT(server_.Asked("GET"), 50);
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
