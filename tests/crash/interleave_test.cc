// SPDX-License-Identifier: Apache-2.0
// Two calls on one volume at once, as they can meet: A runs up to one of its effects, B up to one
// of its own, A ends, B ends. Every pair of effects; then both callers ask again, and all is taken
// back.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "fiber.h"
#include "kubernetes.h"
#include "snapshot.h"
#include "table.h"
#include "world.h"

namespace rds_csi::world::crash {
namespace {

constexpr int kMostTold = 5;
constexpr int kRetries = 3;  // which need not succeed: the other one may have won

struct Meeting {
  std::string name;
  std::vector<Step> before;
  Step a;
  Step b;
  std::string fs_type = "ext4";
  bool shared = false;
};

void PrintTo(const Meeting& meeting, std::ostream* stream) { *stream << meeting.name; }

Scenario ScenarioOf(const Meeting& meeting) {
  return {.name = meeting.name,
          .fs_type = meeting.fs_type,
          .anchor_seconds = 300,
          .shared = meeting.shared,
          .read_only = false,
          .behaviour = {.allow_host_is_list = true, .allow_host_drops_sessions = false},
          .steps = {}};
}

const std::vector<Step> kCreated = {{Verb::kCreate}};
const std::vector<Step> kAttached = {{Verb::kCreate}, {Verb::kAttach}};
const std::vector<Step> kStaged = {{Verb::kCreate}, {Verb::kAttach}, {Verb::kStage}};
const std::vector<Step> kPublished = {
    {Verb::kCreate}, {Verb::kAttach}, {Verb::kStage}, {Verb::kPublish}};
const std::vector<Step> kLost = {{Verb::kCreate}, {Verb::kAttach}, {Verb::kStage}, {Verb::kPublish},
                                 {Verb::kUnplug}, {Verb::kGiveUp}, {Verb::kKeep},  {Verb::kPlug}};
const std::vector<Step> kNodeGone = {{Verb::kCreate}, {Verb::kAttach}, {Verb::kRemoveNode}};
const std::vector<Step> kBothAttached = {{Verb::kCreate}, {Verb::kAttach, 1}, {Verb::kAttach, 2}};
const std::vector<Step> kSharedByOne = {{Verb::kCreate}, {Verb::kAttach, 1}, {Verb::kStage, 1}};

const std::vector<Meeting> kMeetings = {
    {"StageAndDetach", kAttached, {Verb::kStage}, {Verb::kDetach}},
    {"DetachAndStage", kAttached, {Verb::kDetach}, {Verb::kStage}},
    {"StageAndExpand", kAttached, {Verb::kStage}, {Verb::kExpand}},
    {"NodeExpandAndExpand", kPublished, {Verb::kExpandOnNode}, {Verb::kExpand}},
    {"StageAndUnstage", kAttached, {Verb::kStage}, {Verb::kUnstage}},
    {"PublishAndUnpublish", kStaged, {Verb::kPublish}, {Verb::kUnpublish}},
    {"UnstageAndPublish", kStaged, {Verb::kUnstage}, {Verb::kPublish}},
    {"UnstageAndDetach", kStaged, {Verb::kUnstage}, {Verb::kDetach}},
    {"StageAndKeeper", kAttached, {Verb::kStage}, {Verb::kKeep}},
    {"KeeperAndPublish", kLost, {Verb::kKeep}, {Verb::kPublish, 1, 2}},
    {"KeeperAndUnpublish", kLost, {Verb::kKeep}, {Verb::kUnpublish}},
    {"KeeperAndUnstage", kLost, {Verb::kKeep}, {Verb::kUnstage}},
    {"UnstageAndKeeper", kStaged, {Verb::kUnstage}, {Verb::kKeep}},
    {"KeeperAndDetach", kLost, {Verb::kKeep}, {Verb::kDetach}},
    {"AttachOnTwoNodes", kCreated, {Verb::kAttach, 1}, {Verb::kAttach, 2}},
    {"DeleteAndAttach", kCreated, {Verb::kDelete}, {Verb::kAttach}},
    {"AttachAndDelete", kCreated, {Verb::kAttach}, {Verb::kDelete}},
    {"ReconcilerAndAttach", kNodeGone, {Verb::kReconcile}, {Verb::kAttach, 2}},
    {"AttachAndReconciler", kNodeGone, {Verb::kAttach, 2}, {Verb::kReconcile}},
    {"ReconcilerAndDetach", kNodeGone, {Verb::kReconcile}, {Verb::kDetach}},
    {"DetachAndReconciler", kNodeGone, {Verb::kDetach}, {Verb::kReconcile}},
    {"StageOnTwoNodes", kBothAttached, {Verb::kStage, 1}, {Verb::kStage, 2}, "", true},
    {"UnstageAndAttachElsewhere", kSharedByOne, {Verb::kUnstage}, {Verb::kAttach, 2}, "", true},
};

// Where the two stop.
struct Stops {
  int a = 1;
  int b = 1;
};

struct Outcome {
  Stops reached;
  std::vector<std::string> breaches;
};

// `reached` counts the effects up to the stop.
void RunBoth(World& world, Kubernetes& kubernetes, const Meeting& meeting, const Stops& stops,
             Stops& reached) {
  Fiber a([&] { kubernetes.Ask(meeting.a).IgnoreError(); });
  Fiber b([&] { kubernetes.Ask(meeting.b).IgnoreError(); });
  world.Watch([&](const Effect&) {
    const bool is_a = Fiber::Current() == &a;
    int& seen = is_a ? reached.a : reached.b;
    if (++seen == (is_a ? stops.a : stops.b)) Fiber::Pause();
  });
  for (Fiber* each : {&a, &b, &a, &b}) {
    if (!each->ended()) each->Resume();
  }
}

Outcome Meet(const Meeting& meeting, const Stops& stops) {
  const Scenario scenario = ScenarioOf(meeting);
  World fresh(scenario);
  World world(scenario);
  Kubernetes kubernetes(world);
  for (const Step& step : meeting.before) kubernetes.Follow(step);
  Outcome outcome = {{0, 0}, {}};
  RunBoth(world, kubernetes, meeting, stops, outcome.reached);
  for (int i = 0; i < kRetries; ++i) {
    kubernetes.Ask(meeting.a).IgnoreError();
    kubernetes.Ask(meeting.b).IgnoreError();
    world.Pass(absl::Seconds(10));
  }
  kubernetes.TearDown();
  world.Pass(absl::Seconds(10));
  const std::string left = Difference(SnapshotOf(fresh.site()), SnapshotOf(world.site()));
  if (!left.empty()) world.site().Tell("in the end it is not as before:\n" + left);
  outcome.breaches = world.site().breaches();
  return outcome;
}

class Meetings : public testing::TestWithParam<Meeting> {};

TEST_P(Meetings, OfTwoCallsAtOnceNoneHarmsTheOther) {
  const std::string row =
      fmt::format("{} x {}", NameOf(GetParam().a.verb), NameOf(GetParam().b.verb));
  int failed = 0;
  for (Stops stops; true;) {
    const Outcome outcome = Meet(GetParam(), stops);
    CaseTable().Count(row, "interleaved");
    if (!outcome.breaches.empty() && ++failed <= kMostTold) {
      std::string text = fmt::format("{} stopped at effect {}, {} at {}\n", Shown(GetParam().a),
                                     stops.a, Shown(GetParam().b), stops.b);
      for (const std::string& breach : outcome.breaches) text += "  " + breach + "\n";
      ADD_FAILURE() << text;
    }
    const bool a_stopped = outcome.reached.a >= stops.a;
    const bool b_stopped = outcome.reached.b >= stops.b;
    if (!a_stopped) break;
    stops = b_stopped ? Stops{stops.a, stops.b + 1} : Stops{stops.a + 1, 1};
  }
  EXPECT_EQ(failed, 0) << "interleavings failed";
}

INSTANTIATE_TEST_SUITE_P(Pair, Meetings, testing::ValuesIn(kMeetings),
                         [](const auto& meeting) { return meeting.param.name; });

}  // namespace
}  // namespace rds_csi::world::crash
