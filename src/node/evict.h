// SPDX-License-Identifier: Apache-2.0
// STL-8: pages that an old mount still holds never reach a volume after it was attached anew. The
// kernel joins a new connection to whatever head of the same NQN is left, whoever made it, and then
// writes what waited there. So nothing of another attachment may be left when a volume is
// connected.
#ifndef RDS_CSI_NODE_EVICT_H_
#define RDS_CSI_NODE_EVICT_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/node.h"
#include "node/staged_volume.h"
#include "nvme/fabrics.h"

namespace rds_csi {

// Makes sure that no connection, anchor, block device or mount of `wanted.nqn` is left from another
// attachment than `wanted.host`. What is left is taken away, whoever uses it: its I/O fails, which
// is what must become of it, and then its mounts are taken off. Nothing of another attachment: OK,
// nothing is touched.
//
// `record`: of the volume, if there is one; it knows the device of mounts whose connection is gone.
// FAILED_PRECONDITION, UNAVAILABLE, DEADLINE_EXCEEDED naming what is left: do not connect.
absl::Status EvictOlderAttachments(const Node& node, const FabricsTarget& wanted,
                                   std::optional<StagedVolume> record, absl::Time deadline);

// Goes on with one that was cut off and whose caller may never come again: a pod does not end
// before its I/O has failed, and nobody stages the volume before the pod has ended. `record`: of
// the volume; of one that is not being evicted, OK, nothing is touched. The errors are those of
// Disconnect.
absl::Status FinishEviction(const Node& node, const StagedVolume& record, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_EVICT_H_
