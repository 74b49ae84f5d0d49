// SPDX-License-Identifier: Apache-2.0
#include "fuzz/surface/controller_rules.h"

#include <algorithm>

#include "controller/admit.h"
#include "fuzz/fuzz.h"
#include "model/ledger.h"

namespace rds_csi::surface {
namespace {

using Verb = RosCommand::Verb;

std::string ValueIn(const RosRecord& row, const std::string& property) {
  const auto found = row.find(property);
  return found == row.end() ? "" : found->second;
}

// Of this cluster, or of the former driver.
bool IsOurs(const RosRecord& row) {
  const std::string comment = ValueIn(row, "comment");
  if (const auto ledger = ParseLedger(comment); ledger.ok()) return ledger->cluster_id == "cluster";
  return !IsLedger(comment) && ValueIn(row, "type") == "file" &&
         ValueIn(row, "nvme-tcp-server-nqn") == std::string(kNqnPrefix) + ValueIn(row, "slot");
}

bool IsExported(const RosRecord& row) { return ValueIn(row, "nvme-tcp-export") == "true"; }

void CheckExport(const RosRecord& values) {
  const auto ledger = ParseLedger(ValueIn(values, "comment"));
  Require(ledger.ok(), "an export is set together with its ledger");
  Require(!ledger->attachments.empty(), "what is attached to nobody is not exported");
  const bool two = ledger->attachments.size() > 1;
  Require(!two || std::ranges::all_of(ledger->attachments, &Attachment::shared),
          "only two that both share it have a volume at once");
  const std::string admitted = ValueIn(values, "nvme-tcp-server-allow-host-name");
  const Fence fence = FenceOf(*ledger);
  Require(SameHosts(admitted, Join(fence.host_nqns, ",")) || (two && admitted.empty()),
          "an export admits the attachments of its ledger and nobody else");
}

void CheckRemoval(const RosRecord& row) {
  const auto ledger = ParseLedger(ValueIn(row, "comment"));
  Require(!ledger.ok() || ledger->attachments.empty(), "what is attached is not deleted");
}

}  // namespace

void ControllerRules::CheckCommand(const RosCommand& command) const {
  if (command.verb == Verb::kPrint) return;
  if (command.menu == "/file") return CheckFile(command.id);
  if (command.verb == Verb::kAdd) {
    return Require(ValueIn(command.values, "nvme-tcp-export") == "no",
                   "a new volume is exported to nobody");
  }
  for (const RosRecord& row : rds_.disks) {
    if (row.at(".id") != command.id) continue;
    Require(IsOurs(row), "what is not provably ours is never changed");
    if (command.verb == Verb::kRemove) CheckRemoval(row);
  }
  if (ValueIn(command.values, "nvme-tcp-export") == "yes") CheckExport(command.values);
}

void ControllerRules::CheckFile(const std::string& name) const {
  const bool in_use = std::ranges::any_of(
      rds_.disks, [&](const RosRecord& row) { return ValueIn(row, "file-path") == "/" + name; });
  Require(!in_use, "a file that a disk has is not removed");
}

const RosRecord* ControllerRules::RowOf(const std::string& volume) const {
  const auto id = VolumeId::Parse(volume);
  Require(id.ok(), "what is granted has a name that is one");
  const std::string slot = rds_.HasDisk(id->Slot()) ? id->Slot() : volume;
  return rds_.HasDisk(slot) ? &rds_.Disk(slot) : nullptr;
}

void ControllerRules::CheckCreated(const csi::v1::CreateVolumeRequest& request,
                                   const csi::v1::CreateVolumeResponse& response) const {
  const RosRecord* row = RowOf(request.name());
  Require(row != nullptr, "a volume that was created is there");
  Require(response.volume().volume_id() == request.name(), "its id is its name");
  const int64_t size = response.volume().capacity_bytes();
  Require(ValueIn(*row, "size") == std::to_string(size), "its size is the disk's");
  Require(size >= request.capacity_range().required_bytes(), "it is as large as was required");
  const int64_t limit = request.capacity_range().limit_bytes();
  Require(limit == 0 || size <= limit, "it is no larger than the limit");
}

void ControllerRules::CheckAttached(
    const csi::v1::ControllerPublishVolumeRequest& request,
    const csi::v1::ControllerPublishVolumeResponse& response) const {
  const auto& context = response.publish_context();
  const RosRecord* row = RowOf(request.volume_id());
  Require(row != nullptr && IsExported(*row), "what was attached is exported");
  if (!context.contains("host_nqn")) {
    return Require(!IsLedger(ValueIn(*row, "comment")), "only the former driver admits everybody");
  }
  const auto ledger = ParseLedger(ValueIn(*row, "comment"));
  Require(ledger.ok() && ledger->Find(*NodeId::Parse(request.node_id())).has_value(),
          "the ledger names the node that it was attached to");
  const std::string admitted = ValueIn(*row, "nvme-tcp-server-allow-host-name");
  const std::string& host = context.at("host_nqn");
  Require(admitted == host || (ledger->attachments.size() == 2 && admitted.empty()),
          "the export admits the host that was answered and nobody else");
}

void ControllerRules::CheckDetached(
    const csi::v1::ControllerUnpublishVolumeRequest& request) const {
  const RosRecord* row = RowOf(request.volume_id());
  const auto ledger = ParseLedger(row == nullptr ? "" : ValueIn(*row, "comment"));
  if (!ledger.ok()) return;  // none, or of the former driver
  const auto node = NodeId::Parse(request.node_id());
  Require(!node.ok() || !ledger->Find(*node), "what was detached is not attached");
  Require(node.ok() || ledger->attachments.empty(), "detached from all, it is attached to nobody");
  Require(!ledger->attachments.empty() || !IsExported(*row), "attached to nobody, not exported");
}

void ControllerRules::CheckAfter(const Asked& asked, size_t journal_before) const {
  if (asked.status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) {
    Require(rds_.journal.size() == journal_before, "an invalid request changes nothing");
  }
  if (const auto* created = asked.Granted<csi::v1::CreateVolumeRequest>()) {
    CheckCreated(*created, dynamic_cast<const csi::v1::CreateVolumeResponse&>(*asked.response));
  } else if (const auto* deleted = asked.Granted<csi::v1::DeleteVolumeRequest>()) {
    Require(RowOf(deleted->volume_id()) == nullptr, "a volume that was deleted is gone");
  } else if (const auto* attached = asked.Granted<csi::v1::ControllerPublishVolumeRequest>()) {
    CheckAttached(*attached,
                  dynamic_cast<const csi::v1::ControllerPublishVolumeResponse&>(*asked.response));
  } else if (const auto* detached = asked.Granted<csi::v1::ControllerUnpublishVolumeRequest>()) {
    CheckDetached(*detached);
  }
}

}  // namespace rds_csi::surface
