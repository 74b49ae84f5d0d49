// SPDX-License-Identifier: Apache-2.0
// The processes of `rds-csi-io serve` that wait for their next act.
#ifndef RDS_CSI_HOST_LINUX_WORKERS_H_
#define RDS_CSI_HOST_LINUX_WORKERS_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "host/linux_worker.h"

namespace rds_csi {

// All workers are started by one thread of its own, from the first one on, with whose end they die:
// a thread that serves RPCs may end at any time, and its children would with it.
class LinuxWorkers {
 public:
  explicit LinuxWorkers(std::string program) : program_(std::move(program)) {}
  // Nothing of it may be in use. Idle workers end; those under way were killed before.
  ~LinuxWorkers();

  // An idle one, or a new one. The errors of StartWorker. Any number of threads at once.
  absl::StatusOr<Worker> Take();

  // Takes one back that has answered. A few are kept, the others end.
  void Give(Worker worker);

 private:
  struct Order {
    std::optional<absl::StatusOr<Worker>> worker;
  };

  std::optional<Worker> TakeIdle();
  absl::StatusOr<Worker> Start();
  void FillOrders(const std::stop_token& stop);

  const std::string program_;
  std::mutex mutex_;  // of all below
  std::vector<Worker> idle_;
  std::deque<Order*> orders_;
  std::condition_variable_any ordered_;
  std::condition_variable filled_;
  std::jthread starter_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_WORKERS_H_
