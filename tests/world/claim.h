// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_TESTS_WORLD_CLAIM_H_
#define RDS_CSI_TESTS_WORLD_CLAIM_H_

#include <map>
#include <set>
#include <string>

#include "model/access.h"
#include "model/contexts.h"
#include "model/volume_id.h"

namespace rds_csi::world {

inline constexpr int64_t kSize = int64_t{1} << 30;
inline constexpr int64_t kGrownSize = 2 * kSize;

// A volume as its users want it, and what Kubernetes keeps of it.
struct Claim {
  VolumeId id;
  std::string fs_type;  // empty: a block volume
  bool shared = false;  // block RWX
  bool read_only = false;

  StringMap volume_context;                   // of the PersistentVolume
  std::map<int, StringMap> publish_contexts;  // of each VolumeAttachment, by worker
  std::set<int> let_go;  // workers from which it may be taken away: a detach was asked for, or the
                         // Node object was gone, since the last attach

  bool block() const { return fs_type.empty(); }
  Capability capability() const {
    return {.block = block(),
            .fs_type = fs_type,
            .mount_flags = {},
            .mode = shared ? AccessMode::kMultiNodeMultiWriter : AccessMode::kSingleNodeWriter};
  }
};

}  // namespace rds_csi::world

#endif  // RDS_CSI_TESTS_WORLD_CLAIM_H_
