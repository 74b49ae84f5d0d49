// SPDX-License-Identifier: Apache-2.0
// A fixed number of sessions, each used by one caller at a time and made when it is first needed.
#ifndef RDS_CSI_RDS_SESSION_POOL_H_
#define RDS_CSI_RDS_SESSION_POOL_H_

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
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
    absl::MutexLock lock(&mutex_);
    if (!mutex_.AwaitWithDeadline(absl::Condition(this, &SessionPool::HasPlace), deadline)) {
      return std::nullopt;
    }
    --free_;
    if (idle_.empty()) return Lease(this, nullptr);
    std::unique_ptr<Session> session = std::move(idle_.back());
    idle_.pop_back();
    return Lease(this, std::move(session));
  }

 private:
  bool HasPlace() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return free_ > 0; }

  void Release(std::unique_ptr<Session> session) {
    absl::MutexLock lock(&mutex_);
    ++free_;
    if (session != nullptr) idle_.push_back(std::move(session));
  }

  absl::Mutex mutex_;
  int free_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Session>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_SESSION_POOL_H_
