// SPDX-License-Identifier: Apache-2.0
// What this node knows of a volume that it staged, and has to know again after a restart: how it is
// connected, where it is mounted, and what keeps its device alive while the RDS is away. One JSON
// object on one line; staged_store.h says where.
//
//   {"anchor_seconds":600,"address":"10.0.0.1","boot":"…","device":"259:0","lifeline":"anchor",…}
//
// A record has exactly one text: keys in order, none left out, none unknown.
#ifndef RDS_CSI_NODE_STAGED_VOLUME_H_
#define RDS_CSI_NODE_STAGED_VOLUME_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/files.h"
#include "model/address.h"
#include "model/host_identity.h"
#include "model/timeouts.h"
#include "model/volume_id.h"
#include "nvme/fabrics.h"
#include "observe/report.h"
#include "observe/staged_state.h"

namespace rds_csi {

enum class StagePhase {
  kStaging,     // written before anything is connected: what is there may be half of it
  kFormatting,  // likewise, and mkfs was started on a device that was blank before
  kStaged,
  kUnmounting,  // umount(2) was called: mountinfo may show no mount while pages still wait
  kUnstaging,   // unmounted, and being disconnected
  kEvicting,    // of an attachment that is over: being taken away, whoever uses it (evict.h)
};

// What keeps the device alive when the kernel gives the connection up.
enum class Lifeline {
  kOff,             // anchorSeconds is 0: nothing, by wish
  kWanted,          // nothing yet
  kMaking,          // an anchor may be there, whole or in part
  kAnchor,          // nvme/anchor.h
  kDelayedRemoval,  // no anchor can be had here; the kernel keeps the device for that long
  kRecovery,        // nor that: the volume is mounted anew when it is next published
  kGivenUp,         // the patience ran out, and the anchor was taken away
};

// NOLINTBEGIN(readability-redundant-member-init): an initializer may name the id alone.
struct StagedVolume {
  VolumeId id;
  StagePhase phase = StagePhase::kStaging;
  std::string boot_id = {};  // of the kernel it was staged under; empty: not known
  std::string staging_path = {};
  bool block = false;
  std::string fs_type = {};                     // of a mount volume
  std::vector<std::string> mount_options = {};  // likewise
  HostPort address = {};                        // of the RDS
  HostIdentity host = {};                       // of the attachment it was staged for
  int64_t generation = 0;                       // of the attachment; 0: of the former driver
  ConnectionTimeouts timeouts = {};             // with anchor_seconds
  ClaimName claim = {};
  DeviceNumber device = {};  // that was mounted or recorded last; 0:0 before that
  int64_t size_bytes = 0;    // that the anchor has
  Lifeline lifeline = Lifeline::kWanted;
  int64_t lost_unix_seconds = 0;  // when no connection was left; 0: there is one
  friend bool operator==(const StagedVolume&, const StagedVolume&) = default;
};
// NOLINTEND(readability-redundant-member-init)

std::string FormatStagedVolume(const StagedVolume& volume);

// FAILED_PRECONDITION: anything that FormatStagedVolume does not make, of another version, or with
// a value that cannot be; the text says what is wrong. Never guesses.
absl::StatusOr<StagedVolume> ParseStagedVolume(std::string_view text);

// What /dev/nvme-fabrics is asked for, always as the attachment that the volume was staged for.
FabricsTarget TargetOf(const StagedVolume& volume);

// How long I/O waits once the connection is given up; zero: not at all.
absl::Duration PatienceOf(const StagedVolume& volume);

// In the words that metrics and conditions share.
Survival SurvivalOf(Lifeline lifeline);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_STAGED_VOLUME_H_
