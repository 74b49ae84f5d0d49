// SPDX-License-Identifier: Apache-2.0
// Where the records of staged volumes lie: <state-dir>/staged/<volume id>.json, 0600, each written
// as a whole or not at all. What volumes are staged is known from here alone.
#ifndef RDS_CSI_NODE_STAGED_STORE_H_
#define RDS_CSI_NODE_STAGED_STORE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "node/staged_volume.h"

namespace rds_csi {

// A record that cannot be used.
struct DamagedRecord {
  std::string name;  // of the volume, by its file
  std::string reason;
};

struct StagedVolumes {
  std::vector<StagedVolume> volumes;
  std::vector<DamagedRecord> damaged;
};

// A value; one caller at a time for a volume.
class StagedStore {
 public:
  StagedStore(Files& files, const std::string& state_dir)
      : files_(files), folder_(state_dir + "/staged") {}

  // none: no record. FAILED_PRECONDITION: damaged, or of another volume; the text names the file.
  absl::StatusOr<std::optional<StagedVolume>> Find(const VolumeId& id) const;

  // All that are there; a damaged one hides no other.
  absl::StatusOr<StagedVolumes> List() const;

  // INTERNAL: it cannot be written; what was there before is still there.
  absl::Status Put(const StagedVolume& volume) const;

  // Put with this phase; one that has it already is not written again.
  absl::Status PutPhase(StagedVolume& volume, StagePhase phase) const;

  // Likewise with this device.
  absl::Status PutDevice(StagedVolume& volume, DeviceNumber device) const;

  // With what a crash left of writing it. Gone already: OK.
  absl::Status Remove(const VolumeId& id) const;

  std::string PathOf(const VolumeId& id) const;

 private:
  Files& files_;
  std::string folder_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_STAGED_STORE_H_
