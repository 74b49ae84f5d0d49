// SPDX-License-Identifier: Apache-2.0
// Who uses a block device, by device number and without lsof (USE-1). O_EXCL alone does not tell:
// plain openers, bind-mounted nodes and loop devices do not show there.
#ifndef RDS_CSI_HOST_LINUX_OPENERS_H_
#define RDS_CSI_HOST_LINUX_OPENERS_H_

#include <string>

#include "host/device_number.h"
#include "host/linux_outcome.h"

namespace rds_csi {

struct OpenersRoots {
  std::string proc = "/proc";
  std::string sys = "/sys";
  std::string dev = "/dev";
};

// One line for each user of the device or of one of its partitions, none twice:
//   process PID COMMAND   has it open: /proc/PID/fd, by st_rdev, whatever its node is called there
//   mount TARGET          its filesystem, or a bind mount of its node, in any mount namespace that
//                         a process lives in
//   holder NAME           device mapper, md and the like: /sys/block/*/holders; of device mapper
//                         "holder NAME KIND LABEL": what made it, and what it is called there
//   loop NAME             a loop device over it, which no process has to have open
// The asking process is none. A process that ends while it is looked at is none either; whatever
// else cannot be read is an error, since the answer "nobody" must not come from blindness.
Outcome FindOpeners(DeviceNumber device, const OpenersRoots& roots);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_OPENERS_H_
