// SPDX-License-Identifier: Apache-2.0
#include "rds/volume_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "model/paths.h"

namespace rds_csi {
namespace {

absl::Status Refused(std::string_view slot, std::string_view why) {
  return Error(absl::StatusCode::kFailedPrecondition,
               fmt::format("RDS: disk in slot {} {}", Quoted(slot), why));
}

absl::Status InTheWay(const VolumeId& id, std::string_view why) {
  return Refused(id.Slot(), fmt::format("is in the way of volume {}: {}", id.str(), why));
}

absl::StatusOr<std::optional<Volume>> ParseWithLedger(const FileDisk& disk) {
  absl::StatusOr<Ledger> ledger = ParseLedger(disk.comment);
  if (!ledger.ok()) return Refused(disk.slot, Message(ledger.status()));
  const VolumeId& id = ledger->volume;
  if (disk.slot != id.Slot() && disk.slot != id.str()) {
    return Refused(disk.slot, fmt::format("has the ledger of volume {}", id.str()));
  }
  return Volume{id, disk, *std::move(ledger)};
}

// The volume in `disk` if that is `id`, none if it is another's.
absl::StatusOr<std::optional<Volume>> ParseAs(const VolumeId& id, const FileDisk& disk) {
  ASSIGN_OR_RETURN(std::optional<Volume> volume, ParseVolume(disk));
  if (volume && volume->id == id) return volume;
  if (disk.slot == id.Slot()) return InTheWay(id, "it has no ledger of it");
  return std::nullopt;
}

// Of a disk that is no file: in the volume's own slot it does not mean that there is no volume.
absl::Status CheckElsewhere(const VolumeId& id, const RosRecord& record) {
  const auto slot = record.find("slot");
  if (slot == record.end() || slot->second != id.Slot()) return absl::OkStatus();
  return InTheWay(id, "it is no file");
}

bool IsOurs(const Volume& volume, const std::string& cluster_id,
            const std::vector<std::string>& directories) {
  if (volume.ledger) return volume.ledger->cluster_id == cluster_id;
  return std::any_of(directories.begin(), directories.end(), [&](const std::string& directory) {
    return IsBelow(volume.disk.file_path, directory);
  });
}

void Place(const FileDisk& disk, const std::string& cluster_id,
           const std::vector<std::string>& directories, RdsVolumes::Listing& listing) {
  absl::StatusOr<std::optional<Volume>> volume = ParseVolume(disk);
  if (!volume.ok()) listing.unreadable.push_back(Message(volume.status()));
  if (volume.ok() && *volume && IsOurs(**volume, cluster_id, directories)) {
    listing.volumes.push_back(**std::move(volume));
  } else {
    listing.foreign.push_back(disk);
  }
}

// Two disks that claim the same volume: neither is told as that volume.
void MoveDuplicates(RdsVolumes::Listing& listing) {
  std::vector<Volume> unique;
  auto& volumes = listing.volumes;
  for (auto first = volumes.begin(); first != volumes.end();) {
    const auto last = std::find_if(first, volumes.end(),
                                   [&](const Volume& volume) { return volume.id != first->id; });
    if (last - first == 1) unique.push_back(std::move(*first));
    for (auto twin = first; last - first > 1 && twin != last; ++twin) {
      listing.unreadable.push_back(
          fmt::format("RDS: disk in slot {} is one of several for volume {}",
                      Quoted(twin->disk.slot), twin->id.str()));
      listing.foreign.push_back(twin->disk);
    }
    first = last;
  }
  volumes = std::move(unique);
}

}  // namespace

absl::StatusOr<std::optional<Volume>> ParseVolume(const FileDisk& disk) {
  if (IsLedger(disk.comment)) return ParseWithLedger(disk);
  const absl::StatusOr<VolumeId> id = VolumeId::Parse(disk.slot);
  if (!id.ok() || disk.nqn != id->Nqn()) return std::nullopt;
  return Volume{*id, disk, std::nullopt};
}

absl::StatusOr<RdsVolumes::Found> FindIn(const std::vector<RosRecord>& records, const VolumeId& id,
                                         const std::optional<std::string>& pool) {
  RdsVolumes::Found found;
  for (const RosRecord& record : records) {
    ASSIGN_OR_RETURN(const std::optional<FileDisk> disk, ParseFileDisk(record));
    if (disk) {
      ASSIGN_OR_RETURN(std::optional<Volume> volume, ParseAs(id, *disk));
      if (volume && found.volume) {
        return Refused(disk->slot, fmt::format("and {} both claim to be volume {}",
                                               Quoted(found.volume->disk.slot), id.str()));
      }
      if (volume) found.volume = std::move(volume);
      continue;
    }
    RETURN_IF_ERROR(CheckElsewhere(id, record));
    if (pool) {
      ASSIGN_OR_RETURN(std::optional<Pool> mounted, ParsePool(record));
      if (mounted && mounted->mount_point == *pool) found.pool = std::move(mounted);
    }
  }
  return found;
}

RdsVolumes::Listing SortOut(const std::vector<RosRecord>& records, const std::string& cluster_id,
                            const std::vector<std::string>& directories) {
  RdsVolumes::Listing listing;
  for (const RosRecord& record : records) {
    const auto disk = ParseFileDisk(record);
    auto pool = ParsePool(record);
    for (const absl::Status& status : {disk.status(), pool.status()}) {
      if (!status.ok()) listing.unreadable.push_back(Message(status));
    }
    if (disk.ok() && *disk) Place(**disk, cluster_id, directories, listing);
    if (pool.ok() && *pool) listing.pools.push_back(**std::move(pool));
  }
  std::sort(listing.volumes.begin(), listing.volumes.end(),
            [](const Volume& a, const Volume& b) { return a.id < b.id; });
  MoveDuplicates(listing);
  return listing;
}

}  // namespace rds_csi
