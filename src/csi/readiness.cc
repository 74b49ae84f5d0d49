// SPDX-License-Identifier: Apache-2.0
#include "csi/readiness.h"

#include <utility>

#include "absl/time/clock.h"
#include "base/log.h"
#include "base/status.h"
#include "csi/grpc_status.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kCheckTime = absl::Seconds(5);
constexpr absl::Duration kWhileReady = absl::Seconds(15);
constexpr absl::Duration kFirstWhileNot = absl::Milliseconds(500);

Backoff WhileNot() { return Backoff(kFirstWhileNot, kWhileReady, /*seed=*/1); }

}  // namespace

Readiness::Readiness(Check check)
    : check_(std::move(check)),
      backoff_(WhileNot()),
      latest_(absl::UnavailableError("the first check has not ended yet")),
      loop_([this](const std::stop_token&) { return CheckOnce(); }) {}

absl::Status Readiness::Latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

absl::Duration Readiness::CheckOnce() {
  const absl::Status status = check_(absl::Now() + kCheckTime);
  Put(status);
  if (!status.ok()) return backoff_.Next();
  backoff_ = WhileNot();
  return kWhileReady;
}

void Readiness::Put(const absl::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(latest_, status) == status) return;
  }
  if (status.ok()) {
    Log(LogLevel::kInfo, "ready");
  } else {
    Log(LogLevel::kWarning, "not ready",
        {{"code", NameOf(status.code())}, {"error", SafeMessage(Message(status))}});
  }
}

}  // namespace rds_csi
