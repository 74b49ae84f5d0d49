// SPDX-License-Identifier: Apache-2.0
// A cache: how much room for new files each pool of the RDS has. It saves listing every disk before
// each CreateVolume. Losing it costs one listing, nothing else.
#ifndef RDS_CSI_RDS_POOL_ROOM_H_
#define RDS_CSI_RDS_POOL_ROOM_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "absl/time/time.h"

namespace rds_csi {

class PoolRoom {
 public:
  // How long what was learnt is believed: others (people, other clusters) use the RDS too. The
  // reconciler lists every minute, so that what it learnt is there until it lists again.
  static constexpr absl::Duration kFresh = absl::Seconds(90);

  // What was taken so far, by pool.
  using Marks = std::map<std::string, int64_t>;

  enum class Answer { kTaken, kTooSmall, kUnknown };

  // Takes `bytes` away for a file that is about to be made, if there is room. kUnknown: never
  // learnt, or no longer fresh at `now`.
  Answer Take(const std::string& pool, int64_t bytes, absl::Time now);

  // Gives back what Take took for a file that certainly was not made, or the room of one that is
  // certainly gone.
  void Give(const std::string& pool, int64_t bytes);

  // To be asked before reading.
  Marks Mark();

  // Keeps `room` as read from the RDS between `before` and `now`, less what was taken meanwhile,
  // since the reading may not have seen it.
  void Learn(const std::string& pool, int64_t room, const Marks& before, absl::Time now);

 private:
  struct Entry {
    int64_t room = 0;
    int64_t taken = 0;  // in all, never less than before
    absl::Time read_at = absl::InfinitePast();
  };
  std::mutex mutex_;  // of entries_
  std::map<std::string, Entry> entries_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_POOL_ROOM_H_
