// SPDX-License-Identifier: Apache-2.0
#include "kube/event_recorder.h"

#include <optional>
#include <random>
#include <utility>

#include "absl/time/clock.h"
#include "base/backoff.h"
#include "base/log.h"
#include "base/status.h"
#include "kube/claim_of_volume.h"
#include "kube/pause.h"

namespace rds_csi {
namespace {

using Code = absl::StatusCode;

// Whether trying again may help. An unknown outcome does no harm: an event that is there already is
// found by its name.
bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

EventRecorder::EventRecorder(const KubeApi& api, EventSource source, Clock& clock,
                             const EventOptions& options)
    : api_(api),
      source_(std::move(source)),
      clock_(clock),
      options_(options),
      recent_(options.limits),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

EventRecorder::~EventRecorder() = default;  // The jthread is asked to stop, and joined.

void EventRecorder::Tell(const Report& report) {
  if (!IsKubernetesEvent(report.reason)) return;
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= options_.longest_queue) {
    ++dropped_;
    return;
  }
  queue_.push_back(report);
  changed_.notify_all();
}

bool EventRecorder::Flush(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, absl::ToChronoTime(deadline),
                             [this] { return queue_.empty() && !busy_; });
}

void EventRecorder::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !queue_.empty(); })) {
    const Report report = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    lock.unlock();
    const absl::Status delivered = Deliver(report, stop);
    if (!delivered.ok()) ++dropped_;
    Note(delivered);
    lock.lock();
    busy_ = false;
    changed_.notify_all();
    if (stop.stop_requested()) return;
  }
}

absl::Status EventRecorder::Deliver(const Report& report, const std::stop_token& stop) {
  EventSeries* const series = recent_.Admit(report, clock_.Now());
  if (series == nullptr) return Error(Code::kResourceExhausted, "too many events");
  Backoff backoff(options_.first_wait, options_.longest_wait, std::random_device()());
  absl::Status status;
  for (int tries = 0; tries < options_.tries; ++tries) {
    if (tries > 0 && !Pause(backoff.Next(), stop)) return status;
    status = Post(report, *series, stop);
    if (!IsPassing(status)) return status;
  }
  return status;
}

absl::Status EventRecorder::Post(const Report& report, EventSeries& series,
                                 const std::stop_token& stop) {
  const Http::Until until{absl::Now() + options_.request_timeout, stop};
  if (series.event.name.empty()) return Create(report, series, until);
  const Json patch = RepeatedEvent(series.count, clock_.Now());
  absl::Status patched = api_.MergePatch(kEvents, series.event, patch, until).status();
  if (!absl::IsNotFound(patched)) return patched;
  series.event = ObjectName();  // Events live for an hour, and anybody may delete them.
  series.count = 1;
  return Create(report, series, until);
}

absl::Status EventRecorder::Create(const Report& report, EventSeries& series,
                                   const Http::Until& until) {
  ASSIGN_OR_RETURN(const std::optional<ClaimReference> claim,
                   FindClaim(api_, source_.driver, report, until));
  if (!claim) return Error(Code::kNotFound, "there is no claim to tell it to");
  if (series.new_name.empty()) series.new_name = NewEventName(claim->name.name);
  Json event = NewEvent(report, source_, *claim, series.new_name, clock_.Now());
  event["count"] = series.count;
  absl::Status created = api_.Create(kEvents, claim->name.name_space, event, until).status();
  if (!created.ok() && !absl::IsAlreadyExists(created)) return created;
  series.event = {claim->name.name_space, std::exchange(series.new_name, "")};
  return absl::OkStatus();
}

void EventRecorder::Note(const absl::Status& status) {
  if (std::exchange(last_, status.code()) == status.code() || status.ok()) return;
  Log(LogLevel::kWarning, "events for Kubernetes are dropped", {{"error", Message(status)}});
}

}  // namespace rds_csi
