// SPDX-License-Identifier: Apache-2.0
// Who connects: the NVMe host NQN and host id. They belong to one *attachment*, not to a node, so
// that the RDS refuses a connection that was made for an older one (ATT-12).
//
// The id of an attachment is a UUID of version 8 (RFC 9562 section 5.8):
//
//   wwwwwwww-wwww-8www-8iii-iiiiiggggggg   w = SHA-1 of cluster id, node and volume
//                                          i = incarnation of the volume, g = generation
//
// so that a node knows its own, and of which attachment they are, without a record.
#ifndef RDS_CSI_MODEL_HOST_IDENTITY_H_
#define RDS_CSI_MODEL_HOST_IDENTITY_H_

#include <cstdint>
#include <optional>
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

// Tells a volume from an earlier one of the same name: so many random hexadecimal digits.
inline constexpr int kIncarnationDigits = 8;
std::string NewIncarnation();

// No volume is attached more often: an attachment every second for eight years.
inline constexpr int64_t kLastGeneration = 0xfffffff;

// The identity of one attachment, `generation` from 1 to kLastGeneration. Same arguments, same
// identity, on every machine.
HostIdentity AttachmentIdentity(std::string_view cluster_id, const NodeId& node,
                                const VolumeId& volume, std::string_view incarnation,
                                int64_t generation);

// The identity of a node where the publish context names none: a volume that was attached by the
// former driver.
HostIdentity NodeIdentity(std::string_view cluster_id, const NodeId& node);

// A host of this node's own: who it is, and of which attachment.
struct OwnHost {
  HostIdentity identity;
  int64_t generation = 0;  // 0: the node itself
};

// What `host_nqn` is to `node` and `volume`, of whatever incarnation; none: somebody else's.
std::optional<OwnHost> FindOwnHost(std::string_view cluster_id, const NodeId& node,
                                   const VolumeId& volume, std::string_view host_nqn);

// Checks what came in a publish context: the NQN is of the form above and ends in `id`.
// INVALID_ARGUMENT naming the offending text.
absl::StatusOr<HostIdentity> ParseHostIdentity(std::string_view nqn, std::string_view id);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_HOST_IDENTITY_H_
