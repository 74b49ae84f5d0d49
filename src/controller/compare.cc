// SPDX-License-Identifier: Apache-2.0
#include "controller/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace rds_csi {
namespace {

absl::Duration MigrationTimeout(const VolumeId& volume,
                                const std::vector<WantedAttachment>& wanted) {
  const auto found = std::find_if(wanted.begin(), wanted.end(),
                                  [&](const auto& each) { return each.volume == volume; });
  return found == wanted.end() ? kDefaultMigrationTimeout : found->migration_timeout;
}

}  // namespace

std::vector<Held> AllHeld(const std::vector<Volume>& volumes) {
  std::vector<Held> held;
  for (const Volume& volume : volumes) {
    if (!volume.ledger) continue;
    for (const Attachment& attachment : volume.ledger->attachments) {
      held.push_back({volume.id, attachment});
    }
  }
  return held;
}

WantedIndex::WantedIndex(const std::vector<WantedAttachment>& wanted) {
  for (const WantedAttachment& each : wanted) {
    if (each.volume) known_.emplace(*each.volume, each.node);
    if (!each.volume) unknown_.insert(each.node);
  }
}

bool WantedIndex::Has(const Held& held) const {
  return unknown_.contains(held.attachment.node) ||
         known_.contains({held.volume, held.attachment.node});
}

std::vector<Oddity> FindUnheld(const std::vector<Volume>& volumes,
                               const std::vector<WantedAttachment>& wanted) {
  std::map<VolumeId, const Ledger*> ledgers;
  for (const Volume& volume : volumes) {
    if (volume.ledger) ledgers[volume.id] = &*volume.ledger;
  }
  std::vector<Oddity> found;
  for (const WantedAttachment& each : wanted) {
    if (!each.attached || !each.volume) continue;
    const auto ledger = ledgers.find(*each.volume);
    if (ledger == ledgers.end() || ledger->second->Find(each.node)) continue;
    found.push_back({*each.volume, each.node,
                     fmt::format("Kubernetes takes it for attached to {}, the RDS does not; it is "
                                 "attached when the attacher asks for it",
                                 each.node.str())});
  }
  return found;
}

std::vector<Oddity> FindUnclaimed(const std::vector<Volume>& volumes,
                                  const Cluster::Claimed& claimed) {
  std::vector<Oddity> found;
  if (!claimed) return found;
  for (const Volume& volume : volumes) {
    if (!volume.ledger || claimed->contains(volume.id)) continue;
    found.push_back(
        {volume.id, std::nullopt,
         fmt::format("no PersistentVolume names it, and it is kept: its disk on the RDS "
                     "is {}, its file {}. To use it, make a PersistentVolume with it as "
                     "volumeHandle; to be rid of it, remove both",
                     volume.disk.slot, volume.disk.file_path)});
  }
  return found;
}

std::vector<Oddity> FindLongMigrations(const std::vector<Volume>& volumes,
                                       const std::vector<WantedAttachment>& wanted,
                                       absl::Time now) {
  std::vector<Oddity> found;
  for (const Volume& volume : volumes) {
    if (!volume.ledger || volume.ledger->attachments.size() < 2) continue;
    const Attachment& source = volume.ledger->attachments.front();
    const Attachment& target = volume.ledger->attachments.back();
    const absl::Duration limit = MigrationTimeout(volume.id, wanted);
    if (now - absl::FromUnixSeconds(target.since_unix_seconds) <= limit) continue;
    found.push_back(
        {volume.id, target.node,
         fmt::format("{} and {} have had it together for longer than {} s; both may "
                     "still write to it, so end the migration or delete one of the pods",
                     source.node.str(), target.node.str(), absl::ToInt64Seconds(limit))});
  }
  return found;
}

}  // namespace rds_csi
