// SPDX-License-Identifier: Apache-2.0
// A fixed number of sessions, each used by one caller at a time and made when it is first needed.
#ifndef RDS_CSI_RDS_SESSION_POOL_H_
#define RDS_CSI_RDS_SESSION_POOL_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace rds_csi {

template <typename Session>
class SessionPool {
 public:
  // A place in the pool while it lives. `session` may be empty: then the holder makes one. What is
  // in it at the end is kept for the next caller; reset it to drop a session that failed.
  class Lease {
   public:
    Lease(Lease&& other) noexcept
        : session(std::move(other.session)), pool_(std::exchange(other.pool_, nullptr)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_ != nullptr) pool_->Release(std::move(session));
    }

    std::unique_ptr<Session> session;

   private:
    friend class SessionPool;
    Lease(SessionPool* pool, std::unique_ptr<Session> idle)
        : session(std::move(idle)), pool_(pool) {}
    SessionPool* pool_;
  };

  explicit SessionPool(int size) : free_(size) {}

  // Waits for a free place, preferring one whose session is open; none when `deadline` passed.
  std::optional<Lease> Acquire(absl::Time deadline) {
    std::unique_lock lock(mutex_);
    const auto has_place = [this] { return free_ > 0; };
    if (!released_.wait_until(lock, absl::ToChronoTime(deadline), has_place)) return std::nullopt;
    --free_;
    if (idle_.empty()) return Lease(this, nullptr);
    std::unique_ptr<Session> session = std::move(idle_.back());
    idle_.pop_back();
    return Lease(this, std::move(session));
  }

 private:
  void Release(std::unique_ptr<Session> session) {
    const std::lock_guard lock(mutex_);
    ++free_;
    if (session != nullptr) idle_.push_back(std::move(session));
    released_.notify_one();
  }

  // The standard's own: ThreadSanitizer does not see into Debian's absl::Mutex.
  std::mutex mutex_;  // of all below
  std::condition_variable released_;
  int free_;
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_SESSION_POOL_H_
