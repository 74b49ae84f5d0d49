// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "calls.h"
#include "events.h"

namespace rds_csi::world::crash {
namespace {

constexpr absl::Duration kCallTime = absl::Minutes(1);
constexpr absl::Duration kBetweenLooks = absl::Seconds(10);  // of a keeper

}  // namespace

World::World(const Scenario& scenario)
    : behaviour_(scenario.behaviour),
      site_(kWorkers, scenario.anchor_seconds, scenario.behaviour),
      claim_(site_.AddVolume(scenario.claim())) {
  controller_ =
      std::make_unique<ControllerProcess>(site_.rds(), behaviour_, site_.cluster(), clock_);
  Hook();
}

void World::Hook() {
  const auto on_machine = [this](const Effect& effect) {
    site_.BeforeActOf(effect.worker, effect);
    Look(effect);
  };
  for (int worker = 1; worker <= kWorkers; ++worker) {
    FakeHost& host = site_.machine(worker).host();
    host.SetOnEffect([=](const std::string& line) { on_machine({worker, false, line, ""}); });
    host.SetOnProgram([=](const std::string& line) {
      if (IsLook(line)) on_machine({worker, true, line, ""});
    });
  }
  site_.rds().before = [this](const RosCommand& command) { Look(EffectOf(command)); };
  site_.rds().after = [this](const RosCommand&) { site_.AfterChangeOfRds(); };
}

void World::Look(const Effect& effect) {
  const std::shared_ptr<Watcher> watcher = watcher_;
  if (watcher) (*watcher)(effect);
}

absl::Status World::Carry(const Step& step) {
  Machine& machine = site_.machine(step.worker);
  const Call call = {.verb = step.verb,
                     .claim = claim_,
                     .worker = step.worker,
                     .machine = machine,
                     .place = step.place,
                     .deadline = deadline_};
  if (step.verb <= Verb::kDelete) return CallController(*controller_, call);
  if (step.verb <= Verb::kUnstage) return CallNode(call);
  if (step.verb == Verb::kReconcile) return controller_->reconciler().Round(deadline_);
  if (step.verb == Verb::kStartNode) {
    machine.Start();
  } else if (step.verb == Verb::kKeep) {
    machine.host().clock().Advance(kBetweenLooks);
    machine.keeper().Tick();
  } else {
    Happen(*this, step);
  }
  return absl::OkStatus();
}

absl::Status World::CarryOrDie(const Step& step) {
  try {
    const absl::Status answer = Carry(step);
    if (std::exchange(loses_answer_, false)) throw Killed();
    return answer;
  } catch (const Killed&) {
    StartAnew(step);
    return absl::UnavailableError("the plugin was killed");
  } catch (const PowerLost&) {
    watcher_ = nullptr;
    site_.LosePower(step.worker);
    site_.machine(step.worker).Start();
    rebooted_[Index(step.worker)] = lost_power_[Index(step.worker)] = true;
    return absl::UnavailableError("the machine lost its power");
  }
}

absl::Status World::Take(const Step& step) {
  KeepInStep();
  deadline_ = clock_.Now() + kCallTime;
  absl::Status answer = CarryOrDie(step);
  watcher_ = nullptr;
  KeepInStep();
  site_.Settle();
  const std::string wrong = WrongWith(answer);
  if (!wrong.empty()) site_.Tell(fmt::format("{} answers {}", Shown(step), wrong));
  return answer;
}

void World::StartAnew(const Step& step) {
  watcher_ = nullptr;
  for (int worker = 1; worker <= kWorkers; ++worker) site_.machine(worker).host().StopFailing();
  if (IsOfNode(step.verb)) {
    site_.network().Gather();
    site_.machine(step.worker).Start();
  } else {
    controller_ =
        std::make_unique<ControllerProcess>(site_.rds(), behaviour_, site_.cluster(), clock_);
  }
}

void World::Pass(absl::Duration time) {
  clock_.Advance(time);
  KeepInStep();
  for (int worker = 1; worker <= kWorkers; ++worker) site_.machine(worker).keeper().Tick();
  KeepInStep();
}

void World::KeepInStep() {
  absl::Time now = clock_.Now();
  for (int worker = 1; worker <= kWorkers; ++worker) {
    now = std::max(now, site_.machine(worker).host().clock().Now());
  }
  clock_.SleepUntil(now);
  for (int worker = 1; worker <= kWorkers; ++worker) {
    site_.machine(worker).host().clock().SleepUntil(now);
  }
}

}  // namespace rds_csi::world::crash
