// SPDX-License-Identifier: Apache-2.0
// Volumes as the kernel has them connected right now: what is the RDS's, what is an anchor's, and
// the block device they share.
#ifndef RDS_CSI_NODE_LINKS_H_
#define RDS_CSI_NODE_LINKS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "host/files.h"
#include "node/staged_volume.h"
#include "nvme/connect.h"
#include "nvme/subsystem.h"

namespace rds_csi {

struct Link {
  std::vector<NvmeController> to_rds;
  std::vector<NvmeController> to_anchor;
  std::optional<NvmeNamespace> device;
  std::vector<std::string> paths;  // controllers by which the kernel reaches the device

  // Whether I/O goes through: a live connection to the RDS by which the device is reached.
  bool works() const;

  // Whether there is a live connection to the RDS that leads to no device, or not to this one: its
  // namespace has another identity now, and the kernel does not join the two.
  bool is_torn() const;

  bool empty() const { return to_rds.empty() && to_anchor.empty() && !device; }
};

// By NQN.
using Links = std::map<std::string, Link>;

// Of one volume.
absl::StatusOr<Link> FindLink(Files& files, const std::string& nqn);

// Of every NQN that volumes of this driver can have, in one look at sysfs: for many volumes at
// once.
absl::StatusOr<Links> FindLinks(Files& files);

// What a connect may do with a device that no controller holds any more: join it, where the record
// proves that it is of this very attachment.
Orphan OrphanOf(const StagedVolume& volume, const Link& link);

// The NQN behind a block device; none: it is no NVMe device, or gone.
std::optional<std::string> FindNqn(Files& files, DeviceNumber number);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_LINKS_H_
