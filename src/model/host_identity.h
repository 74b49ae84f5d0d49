// SPDX-License-Identifier: Apache-2.0
// Who connects: the NVMe host NQN and host id. They belong to one *attachment*, not to a node, so
// that the RDS refuses a connection that was made for an older one (ATT-12).
#ifndef RDS_CSI_MODEL_HOST_IDENTITY_H_
#define RDS_CSI_MODEL_HOST_IDENTITY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "model/node_id.h"
#include "model/volume_id.h"

namespace rds_csi {

struct HostIdentity {
  std::string nqn;  // nqn.2014-08.org.nvmexpress:uuid:<id>
  std::string id;   // a UUID, lower case
  friend bool operator==(const HostIdentity&, const HostIdentity&) = default;
};

// The identity of one attachment. Same arguments, same identity, on every machine.
HostIdentity AttachmentIdentity(std::string_view cluster_id, const NodeId& node,
                                const VolumeId& volume, int64_t generation);

// The identity of a node where the publish context names none: a volume that was attached by the
// former driver.
HostIdentity NodeIdentity(std::string_view cluster_id, const NodeId& node);

// Checks what came in a publish context: the NQN is of the form above and ends in `id`.
// INVALID_ARGUMENT naming the offending text.
absl::StatusOr<HostIdentity> ParseHostIdentity(std::string_view nqn, std::string_view id);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_HOST_IDENTITY_H_
