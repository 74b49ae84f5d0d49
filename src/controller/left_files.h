// SPDX-License-Identifier: Apache-2.0
// Files of volumes on the RDS that no disk has any more (ORP-1): a DeleteVolume that was cut off
// left them and nobody asked again, or a person removed the disk. They are told, and never removed.
#ifndef RDS_CSI_CONTROLLER_LEFT_FILES_H_
#define RDS_CSI_CONTROLLER_LEFT_FILES_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/first_seen.h"
#include "controller/controller.h"

namespace rds_csi {

class LeftFiles {
 public:
  // Listing files is work for an RDS that has many.
  static constexpr absl::Duration kPause = absl::Minutes(10);

  // Looks at all files if the last look was kPause ago: one round trip. Tells once of each that was
  // without a disk in the look before, too: one that is just being made or deleted is not meant.
  // `listing`: all disks there are.
  absl::Status Look(const Controller& controller, const RdsVolumes::Listing& listing,
                    absl::Time deadline);

 private:
  absl::Time next_ = absl::InfinitePast();
  FirstSeen seen_;
  FirstSeen told_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_LEFT_FILES_H_
