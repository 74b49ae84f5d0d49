// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/status.h"
#include "controller/abnormality.h"
#include "controller/admit.h"
#include "controller/ownership.h"
#include "controller/room.h"

namespace rds_csi {
namespace {

constexpr std::string_view kOperation = "the reconciler";

std::string KeyOf(const Held& held) {
  return fmt::format("{}/{}/{}", held.volume.str(), held.attachment.node.str(),
                     held.attachment.generation);
}

}  // namespace

Reconciler::Reconciler(const Controller& controller, VolumeLocks& locks, absl::Duration grace)
    : controller_(controller), locks_(locks), grace_(grace) {}

absl::Status Reconciler::Round(absl::Time deadline) {
  ASSIGN_OR_RETURN(const RdsVolumes::Listing listing, ListEverything(controller_, deadline));
  ASSIGN_OR_RETURN(const Cluster::Wanted wanted, controller_.cluster.AllWanted(deadline));
  ASSIGN_OR_RETURN(const Cluster::Claimed claimed, controller_.cluster.AllClaimed(deadline));
  const auto known = wanted.value_or(std::vector<WantedAttachment>());
  const WantedIndex index(known);
  absl::Status first_failure;
  for (const Held& held : AllHeld(listing.volumes)) {
    first_failure.Update(LookAt(held, wanted ? &index : nullptr, deadline));
  }
  for (const Oddity& oddity : FindUnheld(listing.volumes, known)) {
    TellOnce(Reason::kDisagreement, oddity);
  }
  for (const Oddity& oddity : FindUnclaimed(listing.volumes, claimed)) {
    TellLater(Reason::kOrphanDetected, oddity);
  }
  for (const Volume& volume : listing.volumes) LookAtFence(volume);
  for (const Oddity& oddity : FindLongMigrations(listing.volumes, known, controller_.clock.Now())) {
    TellOnce(Reason::kMigrationFailed, oddity);
  }
  first_failure.Update(files_.Look(controller_, listing, deadline));
  unwanted_.EndRound();
  told_.EndRound();
  return first_failure;
}

absl::Status Reconciler::LookAt(const Held& held, const WantedIndex* wanted, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::string why, WhyStale(held, wanted, deadline));
  return why.empty() ? absl::OkStatus() : TakeOut(held, why, deadline);
}

// Empty: it is not stale, or not for long enough.
absl::StatusOr<std::string> Reconciler::WhyStale(const Held& held, const WantedIndex* wanted,
                                                 absl::Time deadline) {
  const std::string node = held.attachment.node.str();
  ASSIGN_OR_RETURN(const bool exists, controller_.cluster.HasNode(held.attachment.node, deadline));
  if (!exists) return fmt::format("node {} is no longer in the cluster", node);
  if (wanted == nullptr || wanted->Has(held)) return std::string();
  const absl::Time now = controller_.clock.Now();
  if (now - unwanted_.Note(KeyOf(held), now) < grace_) return std::string();
  return fmt::format("there has been no VolumeAttachment for node {} for {} s", node,
                     absl::ToInt64Seconds(grace_));
}

// Everything is looked at once more under the volume's lock: what was seen before may have been
// overtaken by an RPC, or come from a cache that lags behind.
absl::Status Reconciler::TakeOut(const Held& held, const std::string& why, absl::Time deadline) {
  const absl::StatusOr<VolumeLocks::Lock> lock =
      locks_.TryLockInBackground(held.volume.str(), kOperation);
  if (!lock.ok()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Volume volume, GetOwned(controller_, held.volume, deadline));
  if (!volume.ledger || volume.ledger->Find(held.attachment.node) != held.attachment) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const bool exists, controller_.cluster.HasNode(held.attachment.node, deadline));
  ASSIGN_OR_RETURN(const Cluster::Wanted wanted,
                   controller_.cluster.WantedOf(held.volume, deadline));
  if (exists && (!wanted || WantedIndex(*wanted).Has(held))) return absl::OkStatus();
  Ledger ledger = *volume.ledger;
  std::erase(ledger.attachments, held.attachment);
  RETURN_IF_ERROR(Admit(controller_, volume, ledger, deadline).status());
  controller_.reporter.Tell({.reason = Reason::kStaleAttachmentCleared,
                             .volume_id = held.volume.str(),
                             .node_id = held.attachment.node.str(),
                             .claim = {},
                             .message = why});
  return absl::OkStatus();
}

// Nothing is mended: whoever switched an export off may have had a reason.
void Reconciler::LookAtFence(const Volume& volume) {
  const std::optional<Abnormality> abnormal = FindAbnormality(controller_.volumes, volume);
  if (!abnormal) return;
  TellLater(Reason::kDisagreement,
            {volume.id, std::nullopt,
             fmt::format("{}: somebody changed its disk on the RDS by hand, or a command came "
                         "late. It is put right when it is attached or detached the next time; if "
                         "pods have it, delete them once",
                         abnormal->message)});
}

// Not at once: a PersistentVolume is made after its volume, and an attachment takes two steps.
void Reconciler::TellLater(Reason reason, const Oddity& oddity) {
  const absl::Time now = controller_.clock.Now();
  const std::string key = fmt::format("{}/{}", NameOf(reason), oddity.volume.str());
  if (now - unwanted_.Note(key, now) >= grace_) TellOnce(reason, oddity);
}

void Reconciler::TellOnce(Reason reason, const Oddity& oddity) {
  const absl::Time now = controller_.clock.Now();
  const std::string key = fmt::format("{}/{}/{}", NameOf(reason), oddity.volume.str(), oddity.text);
  if (told_.Note(key, now) != now) return;
  controller_.reporter.Tell({.reason = reason,
                             .volume_id = oddity.volume.str(),
                             .node_id = oddity.node ? oddity.node->str() : "",
                             .claim = {},
                             .message = oddity.text});
}

}  // namespace rds_csi
