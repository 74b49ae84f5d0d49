// SPDX-License-Identifier: Apache-2.0
#include "rds/pool_room.h"

namespace rds_csi {

PoolRoom::Answer PoolRoom::Take(const std::string& pool, int64_t bytes, absl::Time now) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(pool);
  if (found == entries_.end() || now - found->second.read_at > kFresh) return Answer::kUnknown;
  Entry& entry = found->second;
  if (entry.room < bytes) return Answer::kTooSmall;
  entry.room -= bytes;
  entry.taken += bytes;
  return Answer::kTaken;
}

void PoolRoom::Give(const std::string& pool, int64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(pool);
  if (found != entries_.end()) found->second.room += bytes;
}

void PoolRoom::Learn(const std::string& pool, int64_t room, int64_t mark, absl::Time now) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[pool];
  entry.room = room - (entry.taken - mark);
  entry.read_at = now;
}

int64_t PoolRoom::Mark(const std::string& pool) {
  const std::lock_guard lock(mutex_);
  return entries_[pool].taken;
}

}  // namespace rds_csi
