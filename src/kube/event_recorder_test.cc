// SPDX-License-Identifier: Apache-2.0
#include "kube/event_recorder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "absl/time/clock.h"
#include "base/fake_clock.h"
#include "base/status.h"
#include "kube/fake_http.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;
using testing::IsEmpty;
using testing::SizeIs;

Report ReportOf(const std::string& message, Reason reason = Reason::kMountFailure) {
  return {reason, "pvc-1", "worker-1", {"shop", "data"}, message};
}

class EventRecorderTest : public testing::Test {
 protected:
  EventRecorderTest() {
    options_.first_wait = absl::Milliseconds(5);
    options_.longest_wait = absl::Milliseconds(10);
    server_.Put(kPersistentVolumeClaims,
                {{"metadata", {{"namespace", "shop"}, {"name", "data"}, {"uid", "u-1"}}}});
  }

  EventRecorder& Recorder() {
    if (!recorder_) recorder_.emplace(api_, EventSource{"driver", "worker-1"}, clock_, options_);
    return *recorder_;
  }
  void Tell(const std::string& message, Reason reason = Reason::kMountFailure) {
    Recorder().Tell(ReportOf(message, reason));
    EXPECT_TRUE(Recorder().Flush(absl::Now() + absl::Seconds(20)));
  }
  std::vector<Json> Events() const { return server_.All(kEvents); }

  FakeKube server_;
  KubeApi api_{server_};
  FakeClock clock_;
  EventOptions options_;
  std::optional<EventRecorder> recorder_;
};

TEST_F(EventRecorderTest, EVT_1_PostsAnEventOnTheClaim) {
  Tell("It cannot be mounted.");
  ASSERT_THAT(Events(), SizeIs(1));
  EXPECT_EQ(Events()[0]["metadata"]["namespace"], "shop");
  EXPECT_EQ(Events()[0]["involvedObject"]["uid"], "u-1");
  EXPECT_EQ(Events()[0]["reason"], "MountFailure");
  EXPECT_EQ(Recorder().dropped(), 0);
}

TEST_F(EventRecorderTest, EVT_1_EveryReasonThatIsAnEventBecomesOneAndNoOther) {
  options_.limits.claim_burst = 100;
  for (const Reason reason : AllReasons()) {
    const size_t before = Events().size();
    Tell("It happened.", reason);
    EXPECT_EQ(Events().size() - before, IsKubernetesEvent(reason) ? 1U : 0U) << NameOf(reason);
  }
}

TEST_F(EventRecorderTest, EVT_1_TheSameAgainIsOneEventThatCounts) {
  Tell("x");
  clock_.Advance(absl::Minutes(1));
  Tell("x");
  ASSERT_THAT(Events(), SizeIs(1));
  EXPECT_EQ(Events()[0]["count"], 2);
  EXPECT_NE(Events()[0]["firstTimestamp"], Events()[0]["lastTimestamp"]);
}

TEST_F(EventRecorderTest, AnEventThatSomebodyDeletedIsMadeAgain) {
  Tell("x");
  server_.Remove(kEvents, {"shop", Events()[0]["metadata"]["name"]});
  Tell("x");
  ASSERT_THAT(Events(), SizeIs(1));
  EXPECT_EQ(Events()[0]["count"], 1);
}

TEST_F(EventRecorderTest, TriesAgainWhileTheServerIsAway) {
  server_.Fail({"get", {}, Error(Code::kUnavailable, "no route"), 2});
  server_.Fail({"create", FakeKube::Refusal(500, "InternalError"), {}, 1});
  Tell("x");
  EXPECT_THAT(Events(), SizeIs(1));
  EXPECT_EQ(Recorder().dropped(), 0);
}

TEST_F(EventRecorderTest, ALostAnswerMakesNoSecondEvent) {
  server_.Fail({"create", {}, Error(Code::kDeadlineExceeded, "unknown"), 1, true});
  Tell("x");
  EXPECT_THAT(Events(), SizeIs(1));
  EXPECT_EQ(Recorder().dropped(), 0);
  Tell("x");
  EXPECT_EQ(Events()[0]["count"], 2);
}

TEST_F(EventRecorderTest, GivesUpAndCounts) {
  server_.Fail({"get", {}, Error(Code::kUnavailable, "no route"), options_.tries});
  Tell("x");
  EXPECT_THAT(Events(), IsEmpty());
  EXPECT_EQ(Recorder().dropped(), 1);
  EXPECT_EQ(server_.Asked("GET"), options_.tries);
}

TEST_F(EventRecorderTest, EveryRequestHasATimeLimit) {
  Tell("x");
  Tell("x");
  for (const char* const method : {"GET", "POST", "PATCH"}) {
    EXPECT_LE(server_.Patience(method), options_.request_timeout) << method;
    EXPECT_GT(server_.Patience(method), options_.request_timeout / 2) << method;
  }
}

TEST_F(EventRecorderTest, ItsEndEndsAPauseAndDropsWhatWaits) {
  options_.first_wait = options_.longest_wait = absl::Hours(1);
  server_.Fail({"get", {}, Error(Code::kUnavailable, "no route")});
  for (int i = 0; i < 3; ++i) Recorder().Tell(ReportOf(fmt::to_string(i)));
  EXPECT_FALSE(Recorder().Flush(absl::Now() + absl::Milliseconds(20)));
  const absl::Time begun = absl::Now();
  recorder_.reset();
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
  EXPECT_THAT(server_.Journal(), SizeIs(1));
}

TEST_F(EventRecorderTest, ARefusalIsNotTriedAgain) {
  server_.Fail({"create", FakeKube::Refusal(403, "Forbidden"), {}, 1});
  Tell("x");
  EXPECT_EQ(server_.Asked("POST"), 1);
  EXPECT_EQ(Recorder().dropped(), 1);
}

TEST_F(EventRecorderTest, AVolumeWithoutAClaimHasNobodyToTellItTo) {
  Recorder().Tell({Reason::kOrphanDetected, "pvc-9", "", {}, "x"});
  EXPECT_TRUE(Recorder().Flush(absl::Now() + absl::Seconds(20)));
  EXPECT_THAT(Events(), IsEmpty());
  EXPECT_EQ(Recorder().dropped(), 1);
}

TEST_F(EventRecorderTest, AFloodIsHeldBackAndCounted) {
  for (int i = 0; i < 15; ++i) Tell(fmt::format("{}", i));
  EXPECT_THAT(Events(), SizeIs(10));
  EXPECT_EQ(Recorder().dropped(), 5);
}

// A server that answers nobody before the caller goes.
class StuckServer final : public Http {
 public:
  absl::StatusOr<Answer> Send(const Request&, const Until& until) override {
    ++asked_;
    while (!until.stop.stop_requested()) absl::SleepFor(absl::Milliseconds(1));
    return Error(Code::kCancelled, "stopped");
  }
  absl::StatusOr<Answer> Stream(const Request& request, const Until& until,
                                const OnLine&) override {
    return Send(request, until);
  }
  bool IsAsked() const {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (asked_ == 0 && absl::Now() < end) absl::SleepFor(absl::Milliseconds(1));
    return asked_ > 0;
  }

 private:
  std::atomic<int> asked_ = 0;
};

class StuckServerTest : public testing::Test {
 protected:
  StuckServerTest() {
    options_.longest_queue = 10;
    recorder_.emplace(api_, EventSource{"driver", "worker-1"}, clock_, options_);
    recorder_->Tell(ReportOf("the one that is under way"));
    EXPECT_TRUE(server_.IsAsked());
  }

  StuckServer server_;
  KubeApi api_{server_};
  FakeClock clock_;
  EventOptions options_;
  std::optional<EventRecorder> recorder_;
};

TEST_F(StuckServerTest, EVT_1_NeitherTellingNorEndingWaitsForTheServer) {
  const absl::Time begun = absl::Now();
  for (int i = 0; i < 10 + 3; ++i) recorder_->Tell(ReportOf(fmt::to_string(i)));
  EXPECT_EQ(recorder_->dropped(), 3);
  recorder_.reset();
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
}

TEST_F(StuckServerTest, WhatIsUnderWayIsNotDoneWith) {
  const absl::Time begun = absl::Now();
  EXPECT_FALSE(recorder_->Flush(begun + absl::Milliseconds(20)));
  EXPECT_GE(absl::Now() - begun, absl::Milliseconds(20));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
}

}  // namespace
}  // namespace rds_csi
