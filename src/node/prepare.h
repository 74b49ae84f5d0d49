// SPDX-License-Identifier: Apache-2.0
// The one place where the driver decides to make a filesystem.
#ifndef RDS_CSI_NODE_PREPARE_H_
#define RDS_CSI_NODE_PREPARE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "model/access.h"
#include "node/node.h"
#include "node/stage.h"
#include "node/staged_volume.h"
#include "nvme/subsystem.h"

namespace rds_csi {

// Whether what was recorded as `before` ended in the middle of an mkfs of the very attachment that
// `plan` is for. Nobody else was ever admitted to it, and it was not mounted, so what is on the
// device is that mkfs's. Not of the former driver's attachments (generation 0): each of them looks
// like the one before.
bool IsHalfFormatted(const StagedVolume& before, const StagedVolume& plan);

// Makes the device ready to be mounted: formats a blank one, finishes a format that was cut off
// (phase kFormatting), checks one that holds the wanted filesystem, refuses everything else. The
// record says kFormatting from before mkfs starts until it has succeeded, so never while the
// filesystem is mounted.
//
// FAILED_PRECONDITION: the device holds something else, and the text says what; or it is blank and
//   must not be formatted; or somebody holds it, and the text says who. The codes of Probe(),
//   Format(), Check() and of writing the record.
absl::Status PrepareFilesystem(const Node& node, const StageRequest& request, FsType fs_type,
                               StagedVolume& volume, const NvmeNamespace& device,
                               absl::Time deadline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_PREPARE_H_
