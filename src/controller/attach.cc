// SPDX-License-Identifier: Apache-2.0
#include "controller/attach.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "controller/admit.h"
#include "controller/ownership.h"
#include "model/host_identity.h"

namespace rds_csi {
namespace {

constexpr std::string_view kDefaultFsType = "ext4";

bool Shares(const Capability& capability) {
  return capability.block && capability.mode == AccessMode::kMultiNodeMultiWriter;
}

// Whether one more attachment fits: the only one, or the second of two that both share.
bool MayJoin(const Ledger& ledger, const Capability& capability) {
  if (ledger.attachments.empty()) return true;
  return ledger.attachments.size() == 1 && ledger.attachments[0].shared && Shares(capability);
}

void Tell(const Controller& controller, const AttachRequest& request, Reason reason,
          std::string message) {
  controller.reporter.Tell({.reason = reason,
                            .volume_id = request.id.str(),
                            .node_id = request.node.str(),
                            .claim = ClaimIn(request.context.passed_on),
                            .message = std::move(message)});
}

absl::Status Conflict(const Controller& controller, const AttachRequest& request,
                      const std::vector<NodeId>& holders) {
  std::vector<std::string> names;
  for (const NodeId& holder : holders) names.push_back(holder.str());
  const std::string text =
      fmt::format("volume {} is attached to {} and cannot be attached to {}", request.id.str(),
                  fmt::join(names, " and "), request.node.str());
  Tell(controller, request, Reason::kAttachmentConflict, text);
  return Error(absl::StatusCode::kFailedPrecondition, text);
}

std::vector<NodeId> HoldersIn(const Ledger& ledger) {
  std::vector<NodeId> holders;
  for (const Attachment& attachment : ledger.attachments) holders.push_back(attachment.node);
  return holders;
}

// Takes out the attachments whose nodes are gone from the cluster (ATT-5), and answers those nodes.
absl::StatusOr<std::vector<NodeId>> ForgetVanished(const Controller& controller, Ledger& ledger,
                                                   absl::Time deadline) {
  std::vector<NodeId> vanished;
  for (const NodeId& node : HoldersIn(ledger)) {
    ASSIGN_OR_RETURN(const bool exists, controller.cluster.HasNode(node, deadline));
    if (!exists) vanished.push_back(node);
  }
  std::erase_if(ledger.attachments, [&](const Attachment& attachment) {
    return std::find(vanished.begin(), vanished.end(), attachment.node) != vanished.end();
  });
  return vanished;
}

absl::Status CheckNodeExists(const Controller& controller, const NodeId& node,
                             absl::Time deadline) {
  ASSIGN_OR_RETURN(const bool exists, controller.cluster.HasNode(node, deadline));
  if (exists) return absl::OkStatus();
  return absl::NotFoundError(fmt::format("node {} is not one of the cluster", node.str()));
}

// Answers the nodes whose attachments had to go.
absl::StatusOr<std::vector<NodeId>> MakeWay(const Controller& controller,
                                            const AttachRequest& request, Ledger& ledger,
                                            absl::Time deadline) {
  if (MayJoin(ledger, request.capability)) return std::vector<NodeId>();
  ASSIGN_OR_RETURN(std::vector<NodeId> vanished, ForgetVanished(controller, ledger, deadline));
  if (MayJoin(ledger, request.capability)) return vanished;
  return Conflict(controller, request, HoldersIn(ledger));
}

absl::Status AddAttachment(const Controller& controller, const AttachRequest& request,
                           Ledger& ledger) {
  if (ledger.generation == kLastGeneration) {
    return absl::FailedPreconditionError(
        fmt::format("volume {} was attached {} times, which is all it can be: copy it to a new one",
                    request.id.str(), kLastGeneration));
  }
  ++ledger.generation;
  ledger.attachments.push_back({request.node, ledger.generation, Shares(request.capability),
                                absl::ToUnixSeconds(controller.clock.Now())});
  return absl::OkStatus();
}

HostPort NvmeAddress(const Controller& controller, const AttachRequest& request,
                     const Volume& volume) {
  HostPort address = request.context.nvme;
  if (address.host.empty()) address.host = controller.config.nvme.host;
  if (volume.disk.port != 0) address.port = volume.disk.port;
  if (address.port == 0) address.port = controller.config.nvme.port;
  return address;
}

std::string FsTypeOf(const AttachRequest& request) {
  if (!request.capability.fs_type.empty()) return request.capability.fs_type;
  if (!request.context.fs_type.empty()) return request.context.fs_type;
  return std::string(kDefaultFsType);
}

PublishContext Answer(const Controller& controller, const AttachRequest& request,
                      const Volume& volume, const Ledger& ledger) {
  const Attachment attachment = *ledger.Find(request.node);
  return {
      .nvme = NvmeAddress(controller, request, volume),
      .fs_type = FsTypeOf(request),
      .host = IdentityOf(ledger, attachment),
      .generation = attachment.generation,
      .formatting = ledger.origin == Origin::kCopy ? Formatting::kNever : Formatting::kAllowed,
  };
}

// As the former driver answered, for a volume that stays as it attached it.
PublishContext AnswerUnfenced(const Controller& controller, const AttachRequest& request,
                              const Volume& volume) {
  return {.nvme = NvmeAddress(controller, request, volume),
          .fs_type = FsTypeOf(request),
          .host = {},
          .generation = 0,
          .formatting = Formatting::kAllowed};
}

// Of a volume of the former driver: whether this node has it already, by what Kubernetes says.
absl::StatusOr<bool> HasItAlready(const Controller& controller, const AttachRequest& request,
                                  absl::Time deadline) {
  ASSIGN_OR_RETURN(const Cluster::Wanted wanted, controller.cluster.WantedOf(request.id, deadline));
  bool here = false;
  std::vector<NodeId> others;
  for (const WantedAttachment& each : wanted.value_or(std::vector<WantedAttachment>())) {
    if (!each.attached || each.volume != request.id) continue;
    if (each.node == request.node) here = true;
    if (each.node != request.node) others.push_back(each.node);
  }
  if (others.empty()) return here;
  return Conflict(controller, request, others);
}

void TellAttached(const Controller& controller, const AttachRequest& request,
                  const Ledger& ledger) {
  const int64_t generation = ledger.Find(request.node)->generation;
  if (ledger.attachments.size() == 1) {
    return Tell(controller, request, Reason::kVolumeAttached,
                fmt::format("attached to {} (attachment {})", request.node.str(), generation));
  }
  Tell(controller, request, Reason::kMigrationStarted,
       fmt::format("{} may use the volume beside {}, for a live migration of at most {} s",
                   request.node.str(), ledger.attachments.front().node.str(),
                   request.context.migration_timeout_seconds));
}

// Lets `request.node` in, which has no attachment yet, and answers the ledger as it then is.
absl::StatusOr<Ledger> LetIn(const Controller& controller, const AttachRequest& request,
                             const Volume& volume, Ledger ledger, absl::Time deadline) {
  RETURN_IF_ERROR(CheckNodeExists(controller, request.node, deadline));
  ASSIGN_OR_RETURN(const std::vector<NodeId> vanished,
                   MakeWay(controller, request, ledger, deadline));
  RETURN_IF_ERROR(AddAttachment(controller, request, ledger));
  RETURN_IF_ERROR(Admit(controller, volume, ledger, deadline).status());
  for (const NodeId& node : vanished) {
    Tell(controller, request, Reason::kStaleAttachmentCleared,
         fmt::format("taken over from node {}, which is no longer in the cluster", node.str()));
  }
  TellAttached(controller, request, ledger);
  return ledger;
}

}  // namespace

absl::StatusOr<PublishContext> AttachVolume(const Controller& controller,
                                            const AttachRequest& request, absl::Time deadline) {
  ASSIGN_OR_RETURN(const Volume volume, GetOwned(controller, request.id, deadline));
  if (!volume.ledger) {
    ASSIGN_OR_RETURN(const bool has_it, HasItAlready(controller, request, deadline));
    if (has_it) return AnswerUnfenced(controller, request, volume);
  }
  Ledger ledger = LedgerOf(controller, volume);
  if (!ledger.Find(request.node)) {
    ASSIGN_OR_RETURN(ledger, LetIn(controller, request, volume, ledger, deadline));
  } else if (!controller.volumes.Shows(volume, FenceOf(ledger))) {
    RETURN_IF_ERROR(Admit(controller, volume, ledger, deadline).status());
  }
  return Answer(controller, request, volume, ledger);
}

}  // namespace rds_csi
