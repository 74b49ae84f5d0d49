// SPDX-License-Identifier: Apache-2.0
// What keeps a staged volume's device alive when the kernel gives its connection up (STL-7): an
// anchor; where none can be had, the kernel's delayed_removal_secs; where that is not there either,
// nothing, and the volume is mounted anew when it is next published. Which of them holds is in the
// volume's record, told once, and part of its health.
#ifndef RDS_CSI_NODE_LIFELINE_H_
#define RDS_CSI_NODE_LIFELINE_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/node.h"
#include "node/staged_volume.h"
#include "nvme/subsystem.h"

namespace rds_csi {

// Gives the volume, connected as `device`, the best lifeline this machine has, and brings `volume`
// and its record up to date; the record says kMaking before anything is made. A volume that has its
// anchor is left as it is, but for the anchor's size. kWanted afterwards: it could not be made now,
// and another try may succeed.
//
// The errors are those of writing the record; a lifeline that cannot be made is none.
absl::Status MakeLifeline(const Node& node, StagedVolume& volume, const NvmeNamespace& device,
                          absl::Time deadline);

// Gives the anchor, if the volume has one, the size of its device, which may have grown.
absl::Status GrowLifeline(const Node& node, StagedVolume& volume, const NvmeNamespace& device,
                          absl::Time deadline);

// The patience has run out: takes the anchor away, so that I/O fails. The record says kGivenUp
// before that, so that nobody connects the volume again while old pages may still be waiting.
absl::Status GiveUp(const Node& node, StagedVolume& volume, absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_LIFELINE_H_
