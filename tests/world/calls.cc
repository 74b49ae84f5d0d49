// SPDX-License-Identifier: Apache-2.0
#include "calls.h"

#include <utility>
#include <vector>

#include "base/status.h"
#include "controller/attach.h"
#include "controller/create.h"
#include "controller/delete.h"
#include "controller/detach.h"
#include "controller/expand.h"
#include "node/expand.h"
#include "node/health.h"
#include "node/publish.h"
#include "node/stage.h"
#include "node/unpublish.h"
#include "node/unstage.h"
#include "node/usage.h"

namespace rds_csi::world {
namespace {

absl::Status Create(const Controller& controller, const Call& call) {
  const CreateRequest request = {
      .id = call.claim.id,
      .range = {.required_bytes = kSize, .limit_bytes = 0},
      .storage_class = *ParseStorageClass({}, controller.config.base_paths),
      .capabilities = {call.claim.capability()}};
  ASSIGN_OR_RETURN(const CreatedVolume made, CreateVolume(controller, request, call.deadline));
  call.claim.volume_context = made.context;
  return absl::OkStatus();
}

absl::Status Attach(const Controller& controller, const Call& call) {
  const VolumeId& id = call.claim.id;
  ASSIGN_OR_RETURN(VolumeContext context, ParseVolumeContext(id, call.claim.volume_context));
  ASSIGN_OR_RETURN(const PublishContext made, AttachVolume(controller,
                                                           {.id = id,
                                                            .node = call.machine.config().node,
                                                            .capability = call.claim.capability(),
                                                            .context = std::move(context)},
                                                           call.deadline));
  call.claim.publish_contexts[call.worker] = FormatPublishContext(id, made);
  return absl::OkStatus();
}

absl::Status Stage(const Call& call) {
  Claim& claim = call.claim;
  ASSIGN_OR_RETURN(
      ConnectionTarget target,
      ParseContexts(claim.id, claim.publish_contexts[call.worker], claim.volume_context));
  return StageVolume(call.machine.node(),
                     {.id = claim.id,
                      .target = std::move(target),
                      .staging_path = Machine::StagingPath(claim),
                      .capability = claim.capability(),
                      .claim = ClaimIn(claim.volume_context)},
                     call.deadline);
}

absl::Status Publish(const Call& call) {
  return PublishVolume(call.machine.node(),
                       {.id = call.claim.id,
                        .staging_path = Machine::StagingPath(call.claim),
                        .target_path = Machine::TargetPath(call.claim, call.place),
                        .capability = call.claim.capability(),
                        .read_only = call.claim.read_only},
                       call.deadline)
      .status();
}

absl::Status CarryOnNode(const Call& call) {
  const Node node = call.machine.node();
  const VolumeId& id = call.claim.id;
  const std::string target = Machine::TargetPath(call.claim, call.place);
  switch (call.verb) {
    case Verb::kStage:
      return Stage(call);
    case Verb::kPublish:
      return Publish(call);
    case Verb::kExpandOnNode:
      return ExpandOnNode(node, {id, target, {call.size_bytes, 0}}, call.deadline).status();
    case Verb::kUnpublish:
      return UnpublishVolume(node, {id, target}, call.deadline).status();
    default:
      return UnstageVolume(node, {id, Machine::StagingPath(call.claim)}, call.deadline).status();
  }
}

absl::Status AskUsage(const Call& call) {
  ASSIGN_OR_RETURN(
      const VolumeUsage usage,
      GetVolumeUsage(call.machine.node(),
                     {call.claim.id, Machine::TargetPath(call.claim, call.place)}, call.deadline));
  if (usage.abnormal.empty()) return absl::OkStatus();
  return absl::UnavailableError(usage.abnormal);
}

absl::Status AskHealth(const Call& call) {
  ASSIGN_OR_RETURN(const std::vector<Finding> findings,
                   GetVolumeHealth(call.machine.node(),
                                   {call.claim.id, Machine::StagingPath(call.claim),
                                    Machine::TargetPath(call.claim, call.place)},
                                   call.deadline));
  for (const Finding& finding : findings) {
    const bool always = call.machine.config().anchor_seconds == 0 && finding.reason == "NoAnchor";
    if (!always) return absl::UnavailableError(finding.message);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CallController(ControllerProcess& process, const Call& call) {
  const Controller controller = process.controller();
  const VolumeId& id = call.claim.id;
  ASSIGN_OR_RETURN(const VolumeLocks::Lock lock,
                   process.locks().TryLock(id.str(), NameOf(call.verb)));
  if (call.verb == Verb::kAttach) call.claim.let_go.erase(call.worker);
  if (call.verb == Verb::kDetach) call.claim.let_go.insert(call.worker);
  switch (call.verb) {
    case Verb::kCreate:
      return Create(controller, call);
    case Verb::kAttach:
      return Attach(controller, call);
    case Verb::kExpand:
      return ExpandVolume(controller, id, {call.size_bytes, 0}, call.deadline).status();
    case Verb::kDetach:
      return DetachVolume(controller, id, call.machine.config().node, call.deadline);
    default:
      return DeleteVolume(controller, id, call.deadline);
  }
}

absl::Status CallNode(const Call& call) {
  if (call.verb == Verb::kUsage) return AskUsage(call);
  if (call.verb == Verb::kHealth) return AskHealth(call);
  ASSIGN_OR_RETURN(const VolumeLocks::Lock lock,
                   call.machine.locks().TryLock(call.claim.id.str(), NameOf(call.verb)));
  return Guarded(call.machine.node(), call.claim.id, [&] { return CarryOnNode(call); });
}

}  // namespace rds_csi::world
