// SPDX-License-Identifier: Apache-2.0
// What is on a device, answered so that nobody ever formats one that holds something or that
// cannot be read (design: never format over data).
#ifndef RDS_CSI_HOST_LINUX_PROBE_H_
#define RDS_CSI_HOST_LINUX_PROBE_H_

#include <string>

#include "host/linux_outcome.h"

namespace rds_csi {

// "blank": libblkid knows nothing of it, and its first and last MiB, and 16 KiB at each of some 64
// places between them, were read and are zero. Those places are where ext4 and XFS keep the copies
// of a superblock that is lost, and evenly spread.
// "filesystem TYPE": exactly one signature, of a filesystem, damaged or not.
// "other WHAT": everything else: partition tables, LUKS, RAID members, swap; "other ambivalent" for
// several signatures.
// "data N": nothing that libblkid knows, and something else than zero at byte N.
// EBUSY: mounted, or claimed by another. EIO and the like: not all of it could be read, so nothing
// is known.
Outcome ProbeDevice(const std::string& device);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_PROBE_H_
