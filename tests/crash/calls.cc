// SPDX-License-Identifier: Apache-2.0
#include "calls.h"

#include "base/status.h"
#include "controller/attach.h"
#include "controller/create.h"
#include "controller/delete.h"
#include "controller/detach.h"
#include "controller/expand.h"
#include "events.h"
#include "node/expand.h"
#include "node/health.h"
#include "node/publish.h"
#include "node/stage.h"
#include "node/unpublish.h"
#include "node/unstage.h"
#include "node/usage.h"
#include "world.h"

namespace rds_csi::crash {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Seconds(10);  // of a keeper

Capability CapabilityOf(const Scenario& scenario) {
  return {
      .block = scenario.block(),
      .fs_type = scenario.fs_type,
      .mount_flags = {},
      .mode = scenario.shared ? AccessMode::kMultiNodeMultiWriter : AccessMode::kSingleNodeWriter};
}

absl::Status Create(World& world) {
  const Controller controller = world.controller();
  const CreateRequest request = {
      .id = world.id(),
      .range = {.required_bytes = kSize, .limit_bytes = 0},
      .storage_class = *ParseStorageClass({}, controller.config.base_paths),
      .capabilities = {CapabilityOf(world.scenario())}};
  ASSIGN_OR_RETURN(const CreatedVolume made, CreateVolume(controller, request, world.deadline()));
  world.volume_context = made.context;
  return absl::OkStatus();
}

absl::Status Attach(World& world, const Step& step) {
  ASSIGN_OR_RETURN(VolumeContext context, ParseVolumeContext(world.id(), world.volume_context));
  ASSIGN_OR_RETURN(const PublishContext made,
                   AttachVolume(world.controller(),
                                {.id = world.id(),
                                 .node = world.machine(step.worker).config().node,
                                 .capability = CapabilityOf(world.scenario()),
                                 .context = std::move(context)},
                                world.deadline()));
  world.publish_contexts[step.worker - 1] = FormatPublishContext(world.id(), made);
  return absl::OkStatus();
}

absl::Status CarryOnController(World& world, const Step& step) {
  const Controller controller = world.controller();
  const NodeId& node = world.machine(step.worker).config().node;
  const absl::Time deadline = world.deadline();
  ASSIGN_OR_RETURN(const VolumeLocks::Lock lock,
                   world.controller_locks().TryLock(world.id().str(), NameOf(step.verb)));
  switch (step.verb) {
    case Verb::kCreate:
      return Create(world);
    case Verb::kAttach:
      return Attach(world, step);
    case Verb::kExpand:
      return ExpandVolume(controller, world.id(), {kGrownSize, 0}, deadline).status();
    case Verb::kDetach:
      return DetachVolume(controller, world.id(), node, deadline);
    default:
      return DeleteVolume(controller, world.id(), deadline);
  }
}

absl::Status Stage(World& world, const Step& step, const Node& node) {
  ASSIGN_OR_RETURN(
      ConnectionTarget target,
      ParseContexts(world.id(), world.publish_contexts[step.worker - 1], world.volume_context));
  return StageVolume(node,
                     {.id = world.id(),
                      .target = std::move(target),
                      .staging_path = world.machine(step.worker).staging_path(),
                      .capability = CapabilityOf(world.scenario()),
                      .claim = ClaimIn(world.volume_context)},
                     world.deadline());
}

absl::Status Publish(World& world, const Step& step, const Node& node) {
  const Machine& machine = world.machine(step.worker);
  return PublishVolume(node,
                       {.id = world.id(),
                        .staging_path = machine.staging_path(),
                        .target_path = machine.target_path(step.place),
                        .capability = CapabilityOf(world.scenario()),
                        .read_only = world.scenario().read_only},
                       world.deadline())
      .status();
}

absl::Status CarryOnNode(World& world, const Step& step, const Node& node) {
  const Machine& machine = world.machine(step.worker);
  const absl::Time deadline = world.deadline();
  switch (step.verb) {
    case Verb::kStage:
      return Stage(world, step, node);
    case Verb::kPublish:
      return Publish(world, step, node);
    case Verb::kExpandOnNode:
      return ExpandOnNode(node, {world.id(), machine.target_path(step.place), {kGrownSize, 0}},
                          deadline)
          .status();
    case Verb::kUnpublish:
      return UnpublishVolume(node, {world.id(), machine.target_path(step.place)}, deadline)
          .status();
    default:
      return UnstageVolume(node, {world.id(), machine.staging_path()}, deadline).status();
  }
}

absl::Status LockedOnNode(World& world, const Step& step) {
  Machine& machine = world.machine(step.worker);
  const Node node = machine.node();
  ASSIGN_OR_RETURN(const VolumeLocks::Lock lock,
                   machine.locks().TryLock(world.id().str(), NameOf(step.verb)));
  return Guarded(node, world.id(), [&] { return CarryOnNode(world, step, node); });
}

absl::Status AskUsage(World& world, const Step& step) {
  Machine& machine = world.machine(step.worker);
  ASSIGN_OR_RETURN(const VolumeUsage usage,
                   GetVolumeUsage(machine.node(), {world.id(), machine.target_path(step.place)},
                                  world.deadline()));
  if (usage.abnormal.empty()) return absl::OkStatus();
  return absl::UnavailableError(usage.abnormal);
}

absl::Status AskHealth(World& world, const Step& step) {
  Machine& machine = world.machine(step.worker);
  ASSIGN_OR_RETURN(
      const std::vector<Finding> findings,
      GetVolumeHealth(machine.node(),
                      {world.id(), machine.staging_path(), machine.target_path(step.place)},
                      world.deadline()));
  for (const Finding& finding : findings) {
    const bool always = world.scenario().anchor_seconds == 0 && finding.reason == "NoAnchor";
    if (!always) return absl::UnavailableError(finding.message);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Carry(World& world, const Step& step) {
  switch (step.verb) {
    case Verb::kCreate:
    case Verb::kAttach:
    case Verb::kExpand:
    case Verb::kDetach:
    case Verb::kDelete:
      return CarryOnController(world, step);
    case Verb::kUsage:
      return AskUsage(world, step);
    case Verb::kHealth:
      return AskHealth(world, step);
    case Verb::kStartNode:
      world.machine(step.worker).Start();
      return absl::OkStatus();
    case Verb::kKeep:
      world.machine(step.worker).host().clock().Advance(kBetweenLooks);
      world.machine(step.worker).keeper().Tick();
      return absl::OkStatus();
    case Verb::kReconcile:
      return world.reconciler().Round(world.deadline());
    default:
      if (IsOfNode(step.verb)) return LockedOnNode(world, step);
      Happen(world, step);
      return absl::OkStatus();
  }
}

}  // namespace rds_csi::crash
