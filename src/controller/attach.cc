// SPDX-License-Identifier: Apache-2.0
#include "controller/attach.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "controller/admit.h"
#include "controller/ownership.h"
#include "model/host_identity.h"

namespace rds_csi {
namespace {

constexpr std::string_view kDefaultFsType = "ext4";

// A volume of the former driver has no ledger: nobody knows from the RDS who uses it. It gets an
// empty one, and since its export admits everybody, Admit drops whatever sessions it has.
Ledger LedgerOf(const Controller& controller, const Volume& volume) {
  if (volume.ledger) return *volume.ledger;
  return Ledger{controller.config.cluster_id, volume.id, Origin::kBlank, 0, {}};
}

bool Shares(const Capability& capability) {
  return capability.block && capability.mode == AccessMode::kMultiNodeMultiWriter;
}

// Whether one more attachment fits: the only one, or the second of two that both share.
bool MayJoin(const Ledger& ledger, const Capability& capability) {
  if (ledger.attachments.empty()) return true;
  return ledger.attachments.size() == 1 && ledger.attachments[0].shared && Shares(capability);
}

// Takes out the attachments whose nodes are gone from the cluster (ATT-5).
absl::Status ForgetVanished(const Controller& controller, Ledger& ledger, absl::Time deadline) {
  std::vector<Attachment> kept;
  for (const Attachment& attachment : ledger.attachments) {
    ASSIGN_OR_RETURN(const bool exists, controller.nodes.Exists(attachment.node, deadline));
    if (exists) kept.push_back(attachment);
  }
  ledger.attachments = std::move(kept);
  return absl::OkStatus();
}

absl::Status Conflict(const Ledger& ledger, const NodeId& node) {
  std::vector<std::string> holders;
  for (const Attachment& attachment : ledger.attachments) holders.push_back(attachment.node.str());
  return Error(absl::StatusCode::kFailedPrecondition,
               fmt::format("volume {} is attached to {} and cannot be attached to {}",
                           ledger.volume.str(), fmt::join(holders, " and "), node.str()));
}

absl::Status CheckNodeExists(const Controller& controller, const NodeId& node,
                             absl::Time deadline) {
  ASSIGN_OR_RETURN(const bool exists, controller.nodes.Exists(node, deadline));
  if (exists) return absl::OkStatus();
  return absl::NotFoundError(fmt::format("node {} is not one of the cluster", node.str()));
}

absl::Status MakeWay(const Controller& controller, const AttachRequest& request, Ledger& ledger,
                     absl::Time deadline) {
  if (MayJoin(ledger, request.capability)) return absl::OkStatus();
  RETURN_IF_ERROR(ForgetVanished(controller, ledger, deadline));
  if (MayJoin(ledger, request.capability)) return absl::OkStatus();
  return Conflict(ledger, request.node);
}

void AddAttachment(const Controller& controller, const AttachRequest& request, Ledger& ledger) {
  ++ledger.generation;
  ledger.attachments.push_back({request.node, ledger.generation, Shares(request.capability),
                                absl::ToUnixSeconds(controller.clock.Now())});
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
  const int64_t generation = ledger.Find(request.node)->generation;
  return {
      .nvme = NvmeAddress(controller, request, volume),
      .fs_type = FsTypeOf(request),
      .host = AttachmentIdentity(ledger.cluster_id, request.node, volume.id, generation),
      .generation = generation,
      .formatting = ledger.origin == Origin::kCopy ? Formatting::kNever : Formatting::kAllowed,
  };
}

}  // namespace

absl::StatusOr<PublishContext> AttachVolume(const Controller& controller,
                                            const AttachRequest& request, absl::Time deadline) {
  ASSIGN_OR_RETURN(const Volume volume, GetOwned(controller, request.id, deadline));
  Ledger ledger = LedgerOf(controller, volume);
  const bool attached = ledger.Find(request.node).has_value();
  if (!attached) {
    RETURN_IF_ERROR(CheckNodeExists(controller, request.node, deadline));
    RETURN_IF_ERROR(MakeWay(controller, request, ledger, deadline));
    AddAttachment(controller, request, ledger);
  }
  if (!attached || !controller.volumes.Shows(volume, FenceOf(ledger))) {
    RETURN_IF_ERROR(Admit(controller, volume, ledger, deadline).status());
  }
  return Answer(controller, request, volume, ledger);
}

}  // namespace rds_csi
