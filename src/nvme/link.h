// SPDX-License-Identifier: Apache-2.0
// Volumes as the kernel has them connected right now: what is the RDS's, what is an anchor's, and
// the block device they share.
#ifndef RDS_CSI_NVME_LINK_H_
#define RDS_CSI_NVME_LINK_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "host/files.h"
#include "nvme/subsystem.h"

namespace rds_csi {

struct Link {
  std::vector<NvmeController> to_rds;
  std::vector<NvmeController> to_anchor;
  std::optional<NvmeNamespace> device;
  std::vector<std::string> paths;  // controllers by which the kernel reaches the device

  // Whether there is a live connection to the RDS.
  bool is_live() const;

  // Whether I/O goes through: a live connection to the RDS by which the device is reached.
  bool works() const;

  // Whether there is a live connection to the RDS that leads to no device, or not to this one: its
  // namespace has another identity now, and the kernel does not join the two.
  bool is_torn() const { return is_live() && !works(); }

  bool empty() const { return to_rds.empty() && to_anchor.empty() && !device; }
};

// By NQN.
using Links = std::map<std::string, Link>;

// Of one volume.
absl::StatusOr<Link> FindLink(Files& files, const std::string& nqn);

// Of every NQN that volumes of this driver can have, in one look at sysfs: for many volumes at
// once.
absl::StatusOr<Links> FindLinks(Files& files);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_LINK_H_
