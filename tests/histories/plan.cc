// SPDX-License-Identifier: Apache-2.0
#include "plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <ranges>

#include "machine.h"

namespace rds_csi::world::histories {
namespace {

constexpr int kBusySeconds = 1200;  // in which everything happens

// The same numbers everywhere, which the distributions of the standard library do not promise.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  int Below(int end) { return static_cast<int>(engine_() % static_cast<uint64_t>(end)); }
  int Between(int first, int last) { return first + Below(last - first + 1); }
  bool Half() { return Below(2) == 0; }

 private:
  std::mt19937_64 engine_;
};

Shape ShapeBy(Dice& dice) {
  static const Shape kShapes[] = {{"ext4"}, {"ext4"}, {"xfs"}, {""}, {"", true}};
  return kShapes[dice.Below(std::size(kShapes))];
}

int SecondsOf(Kind kind, Dice& dice) {
  switch (kind) {
    case Kind::kPowerLoss:
      return dice.Half() ? dice.Between(20, 120) : dice.Between(300, 900);
    case Kind::kNodeGone:
    case Kind::kUnplug:
      return dice.Half() ? dice.Between(5, 60) : dice.Between(300, 1500);
    case Kind::kLateCommand:
      return dice.Between(1, 5);
    default:
      return dice.Between(5, 240);
  }
}

Event Random(const Plan& plan, Dice& dice) {
  static constexpr Kind kUsers[] = {Kind::kStartPod, Kind::kStartPod,    Kind::kStopPod,
                                    Kind::kMigrate,  Kind::kMigrate,     Kind::kGrow,
                                    Kind::kDrain,    Kind::kDeleteClaim, Kind::kCreateClaim};
  Event event;
  event.at = dice.Below(kBusySeconds);
  const int faults = kKinds - static_cast<int>(Kind::kKillNode);
  event.kind = dice.Below(5) < 2
                   ? kUsers[dice.Below(std::size(kUsers))]
                   : static_cast<Kind>(static_cast<int>(Kind::kKillNode) + dice.Below(faults));
  event.volume = dice.Between(1, static_cast<int>(plan.volumes.size()));
  event.worker = dice.Between(1, plan.workers);
  event.place = dice.Between(1, kPlaces);
  event.seconds = SecondsOf(event.kind, dice);
  event.number = dice.Below(4) == 0 ? 0 : dice.Between(1, 40);
  event.choice = dice.Below(60);
  return event;
}

// Without these little would happen.
void AddBeginning(Plan& plan, Dice& dice) {
  for (int volume = 1; volume <= static_cast<int>(plan.volumes.size()); ++volume) {
    plan.events.push_back({.at = dice.Below(10), .kind = Kind::kCreateClaim, .volume = volume});
    plan.events.push_back({.at = dice.Below(30),
                           .kind = Kind::kStartPod,
                           .volume = volume,
                           .worker = dice.Between(1, plan.workers)});
  }
}

// What lot alone would seldom bring together: a worker is away for so long that its volume is taken
// to another one, and comes back just when the volume is to come back as well.
void AddTakeOver(Plan& plan, Dice& dice) {
  const int begin = dice.Below(kBusySeconds / 2);
  const int worker = dice.Between(1, plan.workers);
  const int volume = dice.Between(1, static_cast<int>(plan.volumes.size()));
  const Event start = {.kind = Kind::kStartPod, .volume = volume};
  Event first = start, away = start, back = start;
  first.at = begin;
  first.worker = back.worker = worker;
  away.at = begin + dice.Between(30, 90);
  away.worker = worker % plan.workers + 1;
  back.at = begin + dice.Between(450, 600);
  plan.events.push_back({.at = begin + dice.Between(20, 60),
                         .kind = Kind::kUnplug,
                         .volume = volume,
                         .worker = worker,
                         .seconds = dice.Between(430, 560)});
  for (const Event& event : {first, away, back}) plan.events.push_back(event);
}

// A pod ends just when the RDS is away, and the plugin that waits for its pages is killed.
void AddEndWithoutRds(Plan& plan, Dice& dice) {
  const int begin = dice.Below(kBusySeconds);
  const int worker = dice.Between(1, plan.workers);
  const int volume = dice.Between(1, static_cast<int>(plan.volumes.size()));
  const Event event = {.at = begin, .volume = volume, .worker = worker};
  Event start = event, away = event, stop = event, kill = event;
  start.kind = Kind::kStartPod;
  away.kind = Kind::kRdsReboot;
  away.at = begin + dice.Between(20, 60);
  away.seconds = dice.Between(120, 240);
  stop.kind = Kind::kStopPod;
  stop.at = away.at + dice.Between(1, 20);
  kill.kind = Kind::kKillNode;
  kill.at = stop.at + dice.Between(10, 60);
  for (const Event& each : {start, away, stop, kill}) plan.events.push_back(each);
}

// Events of the same time stay in their order. Not std::stable_sort: that of libstdc++ 12 uses what
// it has deprecated itself, and clang objects.
void SortByTime(std::vector<Event>& events) {
  std::multimap<int, Event> sorted;
  for (const Event& event : events) sorted.emplace(event.at, event);
  std::ranges::copy(std::views::values(sorted), events.begin());
}

}  // namespace

std::string_view NameOf(Kind kind) {
  static constexpr std::string_view kNames[] = {"create claim",
                                                "start pod",
                                                "stop pod",
                                                "delete claim",
                                                "grow claim",
                                                "migrate",
                                                "drain",
                                                "kill node plugin",
                                                "kill controller",
                                                "disturb node plugin",
                                                "disturb controller",
                                                "power loss",
                                                "Node object gone",
                                                "unplug",
                                                "RDS reboots",
                                                "RDS is slow",
                                                "controller cut off from the RDS",
                                                "API server away",
                                                "cache lags behind",
                                                "a process has devices open",
                                                "kernel gives connections up",
                                                "devices renumbered",
                                                "late command",
                                                "second leader",
                                                "by hand: export off",
                                                "by hand: everybody admitted",
                                                "by hand: comment written over",
                                                "by hand: disk removed",
                                                "by hand: file removed",
                                                "by hand: foreign disk",
                                                "pool full"};
  static_assert(std::size(kNames) == kKinds);
  return kNames[static_cast<size_t>(kind)];
}

bool IsFault(Kind kind) { return kind >= Kind::kKillNode; }

std::string Shown(const Event& event) {
  std::string text =
      fmt::format("{}: pvc-{}, worker-{}", NameOf(event.kind), event.volume, event.worker);
  const bool at_effect = event.kind >= Kind::kKillNode && event.kind <= Kind::kDisturbController;
  if (event.kind == Kind::kStartPod || event.kind == Kind::kStopPod) {
    text += fmt::format(", place {}", event.place);
  }
  if (at_effect) text += fmt::format(", at effect {} from now", event.number);
  if (IsFault(event.kind) && !at_effect) text += fmt::format(", for {} s", event.seconds);
  return text;
}

Plan PlanOf(uint64_t seed) {
  Dice dice(seed);
  Plan plan;
  plan.seed = seed;
  plan.workers = dice.Between(2, 4);
  plan.anchor_seconds = dice.Half() ? 300 : 0;
  plan.behaviour = {.allow_host_is_list = dice.Half(), .allow_host_drops_sessions = dice.Half()};
  const int volumes = dice.Between(1, 4);
  for (int i = 0; i < volumes; ++i) plan.volumes.push_back(ShapeBy(dice));
  AddBeginning(plan, dice);
  if (dice.Half()) AddTakeOver(plan, dice);
  if (dice.Half()) AddEndWithoutRds(plan, dice);
  const int events = dice.Between(5, 40);
  for (int i = 0; i < events; ++i) plan.events.push_back(Random(plan, dice));
  SortByTime(plan.events);
  return plan;
}

std::string Shown(const Plan& plan) {
  std::string text = fmt::format(
      "seed {}, {} workers, anchors {}, allow-host {}, {}; volumes:", plan.seed, plan.workers,
      plan.anchor_seconds != 0 ? "on" : "off",
      plan.behaviour.allow_host_is_list ? "a list" : "one name",
      plan.behaviour.allow_host_drops_sessions ? "drops sessions" : "drops no sessions");
  for (const Shape& shape : plan.volumes) {
    text += " " + (shape.fs_type.empty() ? std::string("block") : shape.fs_type) +
            (shape.shared ? "(RWX)" : "");
  }
  return text;
}

}  // namespace rds_csi::world::histories
