// SPDX-License-Identifier: Apache-2.0
#include "case.h"

#include <fmt/format.h>

#include "exceptions.h"
#include "kubernetes.h"
#include "snapshot.h"

namespace rds_csi::world::crash {
namespace {

// Long enough for whatever a keeper tries again.
std::string SnapshotWhenSettled(World& world) {
  for (int i = 0; i < 3; ++i) world.Pass(absl::Seconds(10));
  return SnapshotOf(world.site());
}

// Of a story that ends with `last`: what the keepers do in between is no part of the others.
std::string SnapshotAfter(const Scenario& scenario, size_t last) {
  World world(scenario);
  Kubernetes kubernetes(world);
  for (size_t i = 0; i <= last; ++i) kubernetes.Follow(scenario.steps[i]);
  return SnapshotWhenSettled(world);
}

void Compare(World& world, const std::string& when, const std::string& wanted) {
  const std::string found = SnapshotWhenSettled(world);
  if (found == wanted) return;
  world.site().Tell(fmt::format("{} it is not as in a run without trouble:\n{}", when,
                                Difference(wanted, found)));
}

// Asks for the disturbed call, once. What was to be disturbed must have come to pass.
bool AskDisturbed(World& world, Kubernetes& kubernetes, const Case& one) {
  size_t seen = 0;
  if (one.disturbance == Disturbance::kAnswerLost) world.LoseNextAnswer();
  world.Watch([&](const Effect& effect) {
    if (++seen != one.effect) return;
    if (effect.line != one.line) world.site().Tell("another effect than before: " + effect.line);
    Disturb(world.site(), effect, one.disturbance, world.disturbed());
  });
  const bool granted = kubernetes.Ask(one.scenario->steps[one.step]).ok();
  if (seen < one.effect) world.site().Tell("there was no such effect");
  return granted;
}

// In between a machine that lost its power may have less than one that did not, for nobody stages
// anew what is about to be unstaged.
bool IsComparable(const Case& one) {
  const Step& step = one.scenario->steps[one.step];
  if (step.refused) return false;  // and not asked for again: how far it got is another matter
  if (IsLeftToTheEnd(*one.scenario, step.verb)) return false;
  if (one.disturbance != Disturbance::kPowerLost) return true;
  const Verb verb = step.verb;
  return verb == Verb::kStage || verb == Verb::kPublish || verb == Verb::kExpandOnNode;
}

void GoOn(World& world, Kubernetes& kubernetes, const Case& one, bool granted,
          const Baseline& baseline) {
  const std::vector<Step>& steps = one.scenario->steps;
  const Step& disturbed = steps[one.step];
  if (!granted && !disturbed.refused) kubernetes.Follow(disturbed);
  if (IsComparable(one)) {
    Compare(world, fmt::format("after {},", Shown(disturbed)), baseline.after[one.step]);
  }
  for (size_t i = one.step + 1; i < steps.size(); ++i) kubernetes.Follow(steps[i]);
}

}  // namespace

std::string_view NameOf(Then then) { return then == Then::kRetry ? "retry" : "give-up"; }

std::string NameOf(const Case& one) {
  return fmt::format("{}/{}-{}/{}/{}/{}", one.scenario->name, one.step + 1,
                     NameOf(one.scenario->steps[one.step].verb), one.effect,
                     NameOf(one.disturbance), NameOf(one.then));
}

Baseline Record(const Scenario& scenario) {
  World world(scenario);
  Kubernetes kubernetes(world);
  Baseline baseline;
  for (size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    std::vector<Effect>& effects = baseline.effects.emplace_back();
    world.Watch([&effects](const Effect& effect) { effects.push_back(effect); });
    const absl::Status answer = kubernetes.Ask(step);
    if (answer.ok() == step.refused) {
      world.site().Tell(fmt::format("{}: {}", Shown(step), answer.ToString()));
    }
    baseline.after.push_back(SnapshotAfter(scenario, i));
  }
  baseline.breaches = world.site().breaches();
  return baseline;
}

std::vector<Case> CasesOf(const Scenario& scenario, const Baseline& baseline, Then then) {
  std::vector<Case> cases;
  for (size_t step = 0; step < scenario.steps.size(); ++step) {
    const Verb verb = scenario.steps[step].verb;
    if (!IsDisturbed(verb)) continue;
    const std::vector<Effect>& effects = baseline.effects[step];
    for (size_t i = 0; i < effects.size(); ++i) {
      for (const Disturbance disturbance : DisturbancesOf(verb, effects[i])) {
        if (IsExcepted(scenario, verb, effects[i], disturbance)) continue;
        cases.push_back({&scenario, step, i + 1, effects[i].line, disturbance, then});
      }
    }
    cases.push_back({&scenario, step, 0, "its answer", Disturbance::kAnswerLost, then});
  }
  return cases;
}

std::vector<std::string> BreachesOf(const Case& one, const Baseline& baseline) {
  World world(*one.scenario);
  Kubernetes kubernetes(world);
  for (size_t i = 0; i < one.step; ++i) kubernetes.Follow(one.scenario->steps[i]);
  const bool granted = AskDisturbed(world, kubernetes, one);
  if (one.then == Then::kRetry) {
    GoOn(world, kubernetes, one, granted, baseline);
  } else {
    kubernetes.TearDown();
  }
  Compare(world, "in the end", baseline.after.back());
  return world.site().breaches();
}

}  // namespace rds_csi::world::crash
