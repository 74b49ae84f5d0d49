// SPDX-License-Identifier: Apache-2.0
// Volumes that a program of ours is stuck on: it is blocked in the kernel on dead storage and
// cannot even be killed. Nothing more is tried on such a volume until that program has ended; all
// others go on. Known in memory only: the programs of a former life of this plugin do not count.
#ifndef RDS_CSI_NODE_QUARANTINE_H_
#define RDS_CSI_NODE_QUARANTINE_H_

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "host/exec.h"
#include "model/volume_id.h"

namespace rds_csi {

struct Node;

// Used by many threads at once.
class Quarantine {
 public:
  explicit Quarantine(Exec& exec) : exec_(exec) {}

  // ABORTED with the reason while the volume is in quarantine. Frees it when the time has come.
  absl::Status Check(const VolumeId& id);

  // Looks at what an act on the volume came to; ABORTED, as Exec says it, puts the volume into
  // quarantine. True: it was not there before.
  bool Note(const VolumeId& id, const absl::Status& result);

 private:
  struct Stuck {
    std::vector<int> processes;
    std::string reason;
  };
  // Those of `result`'s processes that are still there.
  std::vector<int> ProcessesOf(const absl::Status& result);

  Exec& exec_;
  std::mutex mutex_;
  std::map<VolumeId, Stuck> stuck_;  // guarded by mutex_
};

// Runs `act` unless the volume is in quarantine, and puts it there if that is what `act` came to,
// which is told.
absl::Status Guarded(const Node& node, const VolumeId& id, absl::FunctionRef<absl::Status()> act);

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_QUARANTINE_H_
