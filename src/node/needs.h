// SPDX-License-Identifier: Apache-2.0
// What the keeper has to do for a volume, as a pure question about its record and what the kernel
// shows: asked of all volumes without a lock, and once more of the one that is then worked on.
#ifndef RDS_CSI_NODE_NEEDS_H_
#define RDS_CSI_NODE_NEEDS_H_

#include <vector>

#include "absl/time/time.h"
#include "host/mounts.h"
#include "node/staged_volume.h"
#include "nvme/connect.h"
#include "nvme/link.h"

namespace rds_csi {

// A volume that is being staged, or that was unmounted and is being disconnected, is none of the
// keeper's; nor is one whose attachment is over, but for what is left of it.
bool IsKept(const StagedVolume& volume);

// Its attachment is over, and the kernel still has something of it, where I/O may wait.
bool IsToBeEvicted(const StagedVolume& volume, const Link& link);

// The kernel has given the connection up, or it leads to another namespace: the patience runs.
bool IsLost(const Link& link);

// The anchor is to be taken away: the volume has been lost for longer than its patience, or that
// was begun before.
bool IsGivenUp(const StagedVolume& volume, const Link& link, absl::Time now);

// Whether the keeper may connect it. Not a volume whose anchor was taken away while an old mount of
// it is left: its pages were given up, and are not to meet a connection. Not one whose live
// connection shows another namespace than the device that an anchor keeps: only the end of the
// device helps.
bool MayConnect(const StagedVolume& volume, const Link& link, const std::vector<Mount>& mounts);

// Something other than the best lifeline holds, and another try may be worth it.
bool WantsLifeline(const StagedVolume& volume, const Link& link);

// What a connect may do with a device that no controller holds any more: join it, where the record
// proves that it is of this very attachment.
Orphan OrphanOf(const StagedVolume& volume, const Link& link);

// The device has grown beyond its anchor.
bool WantsGrowth(const StagedVolume& volume, const Link& link);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_NEEDS_H_
