// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_NODE_STAGE_H_
#define RDS_CSI_NODE_STAGE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "model/access.h"
#include "model/contexts.h"
#include "model/volume_id.h"
#include "node/node.h"
#include "observe/report.h"

namespace rds_csi {

struct StageRequest {
  VolumeId id;
  ConnectionTarget target;
  std::string staging_path;
  Capability capability;
  ClaimName claim;
};

// NodeStageVolume: takes away what another attachment left (STL-8), records the volume
// (staged_store.h), connects it; a filesystem is then made if (and only if) the device is proven
// blank, checked, and mounted at the staging path; a block device is recorded there instead
// (BLK-1..8). Last it gets its lifeline (STL-7), without which the call succeeds all the same.
// Staged already: success, nothing is touched.
//
// FAILED_PRECONDITION: the device holds something else than the filesystem asked for; the text says
//   what; or the volume's record is damaged; or something of another attachment cannot be taken
//   away. ALREADY_EXISTS: another volume is mounted at the staging path, or this one is staged
//   there as something else (block device, type of filesystem). INTERNAL: the staging directory or
//   a record cannot be written. The codes of Connect(), Probe() and Check().
// A call that fails disconnects what it connected, and only that (BLK-6), and leaves a record only
// where there was one before, where a format was begun, or where something stayed connected: then
// UNAVAILABLE takes the place of INTERNAL, for kubelet must unstage the volume.
absl::Status StageVolume(const Node& node, const StageRequest& request, absl::Time deadline);

// The filesystem a mount volume is to have (BLK-2): the capability's, else the contexts', else
// ext4. INVALID_ARGUMENT naming a type that this driver does not make.
absl::StatusOr<FsType> ChooseFsType(const Capability& capability, const ConnectionTarget& target);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_STAGE_H_
