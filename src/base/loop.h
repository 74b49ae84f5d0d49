// SPDX-License-Identifier: Apache-2.0
// Something that is done again and again on a thread of its own, until its owner goes.
#ifndef RDS_CSI_BASE_LOOP_H_
#define RDS_CSI_BASE_LOOP_H_

#include <functional>
#include <stop_token>
#include <thread>

#include "absl/time/time.h"

namespace rds_csi {

class Loop {
 public:
  // Does one round and answers how long to wait before the next. `stop` says that the owner waits
  // for the round to end.
  using Round = std::function<absl::Duration(std::stop_token stop)>;

  // The first round begins at once, and is done even when the owner goes at once.
  explicit Loop(Round round);

  // Waits for a round that is under way, and for no pause.
  ~Loop() = default;

  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_LOOP_H_
