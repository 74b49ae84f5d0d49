// SPDX-License-Identifier: Apache-2.0
// What survives a restart, as one JSON file that is always whole: written beside, then renamed.
#ifndef RDS_CSI_SIM_ROUTER_STATE_FILE_H_
#define RDS_CSI_SIM_ROUTER_STATE_FILE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/router/machine.h"

namespace rds_csi::sim {

// The tables as plain values, so that they can be written without the machine's lock.
struct SavedState {
  std::vector<Disk> disks;
  uint64_t next_disk = 1;
  std::map<uint64_t, Subvolume> subvolumes;
  uint64_t next_subvolume = 1;
  std::string identity;
  std::string seed;
};

// NOT_FOUND when there is no such file; DATA_LOSS, naming the file, when it cannot be understood.
absl::StatusOr<SavedState> LoadState(const std::string& path);
absl::Status SaveState(const std::string& path, const SavedState& state);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_STATE_FILE_H_
