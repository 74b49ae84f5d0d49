// SPDX-License-Identifier: Apache-2.0
#include "kubernetes.h"

#include <fmt/format.h>

#include <algorithm>

#include "world.h"

namespace rds_csi::world::crash {
namespace {

constexpr int kMostTries = 12;
constexpr absl::Duration kLongestPause = absl::Minutes(1);

bool IsUp(Verb verb) {
  return verb == Verb::kCreate || verb == Verb::kAttach || verb == Verb::kStage ||
         verb == Verb::kPublish;
}

bool IsDown(Verb verb) {
  return verb == Verb::kDelete || verb == Verb::kDetach || verb == Verb::kUnstage ||
         verb == Verb::kUnpublish;
}

bool NeedsStaged(Verb verb) {
  return verb == Verb::kPublish || verb == Verb::kExpandOnNode || verb == Verb::kUsage ||
         verb == Verb::kHealth;
}

// What a verb and its opposite are about.
std::string ObjectOf(const Step& step) {
  switch (step.verb) {
    case Verb::kCreate:
    case Verb::kDelete:
      return "volume";
    case Verb::kAttach:
    case Verb::kDetach:
      return fmt::format("attached {}", step.worker);
    case Verb::kStage:
    case Verb::kUnstage:
      return fmt::format("staged {}", step.worker);
    default:
      return fmt::format("published {} {}", step.worker, step.place);
  }
}

Step Undoing(Step step) {
  step.verb = step.verb == Verb::kStage     ? Verb::kUnstage
              : step.verb == Verb::kPublish ? Verb::kUnpublish
              : step.verb == Verb::kAttach  ? Verb::kDetach
                                            : Verb::kDelete;
  return step;
}

// What kubelet does in its folders, and the attacher in its VolumeAttachments.
void Before(World& world, const Step& step) {
  const Claim& claim = world.claim();
  Machine& machine = world.site().machine(step.worker);
  if (step.verb == Verb::kStage) machine.BeforeStage(claim);
  if (step.verb == Verb::kPublish) machine.BeforePublish(claim, step.place);
  if (step.verb == Verb::kAttach) {
    world.site().cluster().Want(claim.id.str(), machine.name(), /*attached=*/false);
  }
}

void After(World& world, const Step& step) {
  const Claim& claim = world.claim();
  Machine& machine = world.site().machine(step.worker);
  if (step.verb == Verb::kUnstage) machine.AfterUnstage(claim);
  if (step.verb == Verb::kUnpublish) machine.AfterUnpublish(claim, step.place);
  if (step.verb == Verb::kDetach) {
    std::erase_if(*world.site().cluster().wanted,
                  [&](const WantedAttachment& each) { return each.node.str() == machine.name(); });
  }
}

}  // namespace

Belief& Kubernetes::BeliefIn(const Step& step) { return beliefs_[ObjectOf(step)]; }

void Kubernetes::Note(const Step& step, const absl::Status& answer) {
  if (!IsUp(step.verb) && !IsDown(step.verb)) return;
  Belief& belief = BeliefIn(step);
  IsDown(step.verb) ? NoteUndone(belief, answer) : NoteMade(belief, answer);
}

absl::Status Kubernetes::Ask(const Step& step) {
  Before(world_, step);
  const absl::Status answer = world_.Take(step);
  Note(step, answer);
  const bool forgotten = IsUp(step.verb) && !Believes(step);
  if (answer.ok() || forgotten) After(world_, forgotten ? Undoing(step) : step);
  return answer;
}

void Kubernetes::Follow(const Step& step) {
  if (!step.refused) return Insist(step);
  // What was in the way may have gone with the power.
  if (Ask(step).ok() && !world_.HasLostPower(step.worker))
    world_.site().Tell(Shown(step) + " was granted");
}

void Kubernetes::Insist(const Step& step) {
  absl::Duration pause = absl::Seconds(1);
  absl::Status answer;
  for (int tries = 0; tries < kMostTries; ++tries) {
    if (NeedsStaged(step.verb)) StageAgain(step.worker);
    answer = Ask(step);
    if (answer.ok()) return;
    world_.Pass(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
  world_.site().Tell(fmt::format("{} never succeeds: {}", Shown(step), answer.ToString()));
}

// A machine that has lost its power: kubelet, too, looks at its pods anew.
void Kubernetes::StageAgain(int worker) {
  if (!world_.TakeReboot(worker)) return;
  Insist({Verb::kStage, worker});
  for (const int place : {1, 2}) {
    const Step publish = {Verb::kPublish, worker, place};
    if (BeliefIn(publish) == Belief::kYes) Insist(publish);
  }
}

// Whatever the story had broken is mended: networks, Node objects, processes that had the device
// open; what the RDS does not admit any more is given up by the kernel, then by the keeper.
void Kubernetes::EndTrouble() {
  for (int worker = 1; worker <= kWorkers; ++worker) {
    world_.Take({Verb::kPlug, worker}).IgnoreError();
    world_.Take({Verb::kAddNode, worker}).IgnoreError();
    world_.Take({Verb::kClose, worker}).IgnoreError();
    for (const Session& session :
         SessionsOf(world_.site().machine(worker).host(), world_.claim().id.Nqn())) {
      if (session.state != "live") world_.Take({Verb::kGiveUp, worker}).IgnoreError();
    }
  }
  for (const int seconds : {10, 10, 900, 10}) world_.Pass(absl::Seconds(seconds));
}

void Kubernetes::TearDown() {
  EndTrouble();
  for (int worker = 1; worker <= kWorkers; ++worker) {
    for (const int place : {1, 2}) {
      const Step unpublish = {Verb::kUnpublish, worker, place};
      if (Believes(unpublish)) Insist(unpublish);
    }
    if (Believes({Verb::kUnstage, worker})) Insist({Verb::kUnstage, worker});
    if (Believes({Verb::kDetach, worker})) Insist({Verb::kDetach, worker});
  }
  // The provisioner wants to know what it deletes.
  if (BeliefIn({Verb::kCreate}) == Belief::kMaybe) Insist({Verb::kCreate});
  if (Believes({Verb::kDelete})) Insist({Verb::kDelete});
}

}  // namespace rds_csi::world::crash
