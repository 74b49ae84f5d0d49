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

PoolRoom::Marks PoolRoom::Mark() {
  const std::lock_guard lock(mutex_);
  Marks marks;
  for (const auto& [pool, entry] : entries_) marks[pool] = entry.taken;
  return marks;
}

// Of a pool that was not known then, nothing had been taken.
void PoolRoom::Learn(const std::string& pool, int64_t room, const Marks& before, absl::Time now) {
  const std::lock_guard lock(mutex_);
  const auto mark = before.find(pool);
  Entry& entry = entries_[pool];
  entry.room = room - (entry.taken - (mark == before.end() ? 0 : mark->second));
  entry.read_at = now;
}

}  // namespace rds_csi
