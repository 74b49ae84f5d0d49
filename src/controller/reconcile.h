// SPDX-License-Identifier: Apache-2.0
// Three truths must agree: the ledgers on the RDS, the VolumeAttachments and the Nodes of
// Kubernetes. The reconciler compares them now and then. It takes away what is provably stale,
// tells of the rest, and never grants anything.
//
//   the ledger has an attachment whose    Node is gone             → taken out, fence narrowed
//                                         VolumeAttachment has been
//                                         gone for a grace time    → taken out, fence narrowed
//   a VolumeAttachment says attached, the ledger does not          → told; the attacher attaches
//   no PersistentVolume has named a
//   volume for a grace time                                        → told; nothing is ever deleted
//   the export is not as the ledger says
//   for a grace time                                               → told; attaching mends it
//   a volume's file that no disk has                               → told; nothing is ever deleted
//   two nodes have the volume for longer than a migration may take → told; nobody is cut off, for
//                                                                    nobody knows which one writes
#ifndef RDS_CSI_CONTROLLER_RECONCILE_H_
#define RDS_CSI_CONTROLLER_RECONCILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/first_seen.h"
#include "base/volume_locks.h"
#include "controller/compare.h"
#include "controller/controller.h"
#include "controller/left_files.h"

namespace rds_csi {

class Reconciler {
 public:
  // `locks`: those of the RPCs; a volume that an RPC works on is left for the next round.
  // `grace`: how long a VolumeAttachment or PersistentVolume must have been missing.
  Reconciler(const Controller& controller, VolumeLocks& locks, absl::Duration grace);

  // One comparison of everything: one round trip to the RDS, now and then one more for its files,
  // and two or three for each attachment that is taken out. UNAVAILABLE: the RDS or the API server
  // does not answer. The first error of many is answered; what could not be taken out is tried
  // again in the next round. One caller at a time.
  absl::Status Round(absl::Time deadline);

 private:
  // `wanted` is null where nobody says what is wanted.
  absl::Status LookAt(const Held& held, const WantedIndex* wanted, absl::Time deadline);
  absl::StatusOr<std::string> WhyStale(const Held& held, const WantedIndex* wanted,
                                       absl::Time deadline);
  absl::Status TakeOut(const Held& held, const std::string& why, absl::Time deadline);
  void LookAtFence(const Volume& volume);
  void TellLater(Reason reason, const Oddity& oddity);
  void TellOnce(Reason reason, const Oddity& oddity);

  const Controller controller_;
  VolumeLocks& locks_;
  const absl::Duration grace_;
  FirstSeen unwanted_;
  FirstSeen told_;
  LeftFiles files_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_RECONCILE_H_
