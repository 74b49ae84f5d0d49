// SPDX-License-Identifier: Apache-2.0
// Writes the state file behind the commands' backs: at once when idle, and never so often that
// writing takes more than about a tenth of the time (10 000 disks are several megabytes).
#ifndef RDS_CSI_SIM_ROUTER_STATE_SAVER_H_
#define RDS_CSI_SIM_ROUTER_STATE_SAVER_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "sim/router/state_file.h"

namespace rds_csi::sim {

class StateSaver {
 public:
  // `snapshot` is called from the saver's thread.
  StateSaver(std::string path, std::function<SavedState()> snapshot);
  // Writes what is not written yet.
  ~StateSaver();

  // Something changed.
  void Touch();

 private:
  void Run();

  const std::string path_;
  const std::function<SavedState()> snapshot_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool dirty_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_STATE_SAVER_H_
