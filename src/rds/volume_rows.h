// SPDX-License-Identifier: Apache-2.0
// Which rows of /disk are volumes, and whose: pure.
#ifndef RDS_CSI_RDS_VOLUME_ROWS_H_
#define RDS_CSI_RDS_VOLUME_ROWS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "model/volume_id.h"
#include "rds/volumes.h"

namespace rds_csi {

// The volume that `disk` is, none when it is somebody else's disk. It is a volume when its comment
// is a ledger, or when it looks as the former driver made it: the slot is a volume id, and the NQN
// is that id's.
// FAILED_PRECONDITION naming the slot: a ledger that cannot be read or belongs to another slot.
absl::StatusOr<std::optional<Volume>> ParseVolume(const FileDisk& disk);

// What `records` say about `id` and about the pool mounted at `pool` (none: not asked).
// FAILED_PRECONDITION: two disks claim to be this volume, or a disk in its slot is not.
absl::StatusOr<RdsVolumes::Found> FindIn(const std::vector<RosRecord>& records, const VolumeId& id,
                                         const std::optional<std::string>& pool);

// Everything in `records`, sorted out as RdsVolumes::List says. A row that is malformed is told in
// `unreadable`: one odd disk of somebody else must not stop everything.
RdsVolumes::Listing SortOut(const std::vector<RosRecord>& records, const std::string& cluster_id,
                            const std::vector<std::string>& directories);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_VOLUME_ROWS_H_
