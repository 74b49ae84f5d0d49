// SPDX-License-Identifier: Apache-2.0
// Volumes on the RDS: the disk, its file, its ledger and its fence as one thing. Everything that
// the controller knows of RouterOS is in this header. Each function says how many round trips it
// costs.
#ifndef RDS_CSI_RDS_VOLUMES_H_
#define RDS_CSI_RDS_VOLUMES_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "model/host_identity.h"
#include "model/ledger.h"
#include "model/volume_id.h"
#include "rds/disk.h"
#include "rds/fence.h"
#include "rds/transport.h"

namespace rds_csi {

struct Volume {
  VolumeId id;
  FileDisk disk;
  // none: made by the former driver and never attached by this one; then nobody knows from the RDS
  // alone where it is attached.
  std::optional<Ledger> ledger;
};

// What a new volume is made of.
struct NewVolume {
  VolumeId id;
  std::string directory;  // "/pool/dir"
  int64_t size_bytes = 0;
  uint16_t port = 0;
  std::string cluster_id;
};

class RdsVolumes {
 public:
  // `draw_incarnation` is another one where a run is to be repeated exactly.
  RdsVolumes(RosTransport& transport, RosBehaviour behaviour,
             std::function<std::string()> draw_incarnation = NewIncarnation);

  // The volume with this id, made by us (its slot) or by the former driver (slot = id), none when
  // there is neither; with it the pool that `directory` lies in, none when nothing is mounted
  // there. One round trip. FAILED_PRECONDITION: its ledger cannot be read or names another volume,
  // there are two of it, or a disk without our ledger is in its slot.
  struct Found {
    std::optional<Volume> volume;
    std::optional<Pool> pool;
  };
  absl::StatusOr<Found> Find(const VolumeId& id, std::string_view directory, absl::Time deadline);
  absl::StatusOr<std::optional<Volume>> Find(const VolumeId& id, absl::Time deadline);

  // Makes disk and file: not exported, not mounted by RouterOS, an empty ledger. The file's name
  // holds the volume's incarnation, so that a file left over from an earlier volume is never taken
  // for this one. One round trip. ALREADY_EXISTS: the slot is taken. RESOURCE_EXHAUSTED: the pool
  // is full. DEADLINE_EXCEEDED: outcome unknown. What it answers has been compared with what was
  // asked; INTERNAL names the difference.
  absl::StatusOr<Volume> Create(const NewVolume& volume, absl::Time deadline);

  // The ledger of a blank volume that was never attached, with an incarnation of its own. No round
  // trip.
  Ledger NewLedger(std::string cluster_id, VolumeId volume) const;

  // Whether exactly `fence` is what the RDS shows for `volume`. No round trip.
  bool Shows(const Volume& volume, const Fence& fence) const;

  // Whether somebody who may have a session now would keep it although `fence` does not admit them:
  // then CutOff comes before SetAttachments. An export that is off and still names a host may come
  // on again at any moment. No round trip.
  bool MustCutOff(const Volume& volume, const Fence& fence) const;

  // Ledger and fence in one `set`, read back and compared. One round trip.
  // FAILED_PRECONDITION: the RDS did not take what was set, naming what differs; the export has
  // been switched off then, as far as the RDS lets itself be told.
  absl::StatusOr<Volume> SetAttachments(const Volume& volume, const Ledger& ledger,
                                        const Fence& fence, absl::Time deadline);

  // Export off, the ledger untouched: every session is dropped. Whoever switches it on again admits
  // nobody but `next`, if that names anybody. One round trip.
  absl::Status CutOff(const Volume& volume, absl::Time deadline, const Fence& next = {});

  // Grows file and disk; answers the volume with the size it now has. One round trip.
  // OUT_OF_RANGE: size_bytes is below the present size. RESOURCE_EXHAUSTED: the pool is full.
  absl::StatusOr<Volume> Grow(const Volume& volume, int64_t size_bytes, absl::Time deadline);

  // Removes the disk, then its file (RouterOS leaves it); each may be gone already. Two round
  // trips. A failure between the two leaves a file that no disk names any more.
  // FAILED_PRECONDITION: somebody gave the disk a file whose name is never sent to an RDS; nothing
  // was removed.
  absl::Status Delete(const Volume& volume, absl::Time deadline);

  // Removes the files that Create made for `id` and that no disk has any more: a Delete was cut off
  // between disk and file. Only for an id that Find does not find; there is no other file with such
  // a name. One round trip, and two more for each file.
  // FAILED_PRECONDITION naming file and slot: a disk has it, which somebody put into another slot.
  absl::Status RemoveLeftFiles(const VolumeId& id, absl::Time deadline);

  // Every volume of ours: of the former driver only those below one of `directories`; of this
  // driver those with `cluster_id` in the ledger. In the order of their ids. Rows that are
  // malformed or whose ledger cannot be read are answered in `unreadable` (slot and reason), never
  // dropped in silence; so are two disks that claim one volume. What space they take is told in
  // `foreign`.
  // One round trip.
  struct Listing {
    std::vector<Volume> volumes;
    std::vector<Pool> pools;
    std::vector<FileDisk> foreign;  // file disks of others: they take space too
    std::vector<std::string> unreadable;
  };
  absl::StatusOr<Listing> List(const std::string& cluster_id,
                               const std::vector<std::string>& directories, absl::Time deadline);

  // The files that Create made below one of `directories` and that no disk of `listing` has, with a
  // leading slash. None where a row of the listing could not be read: the file may be its. One
  // round trip.
  absl::StatusOr<std::vector<std::string>> FindLeftFiles(
      const Listing& listing, const std::vector<std::string>& directories, absl::Time deadline);

  // RouterOS's version, "7.24.5". One round trip. FAILED_PRECONDITION below 7.21.
  absl::StatusOr<std::string> CheckVersion(absl::Time deadline);

 private:
  absl::StatusOr<std::vector<std::string>> FileNames(absl::Time deadline);
  absl::Status RemoveFile(const std::string& name, absl::Time deadline);
  absl::Status CheckLeft(const std::string& name, absl::Time deadline);
  absl::Status CheckSet(const Volume& volume, const FileDisk& disk, const RosRecord& asked) const;

  RosTransport& transport_;
  RosBehaviour behaviour_;
  std::function<std::string()> draw_incarnation_;
};

// The pool that a directory of the RDS lies in: "storage-pool" for "/storage-pool/csi".
std::string PoolOf(std::string_view directory);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_VOLUMES_H_
