// SPDX-License-Identifier: Apache-2.0
// Tells Kubernetes what the driver reports, as events on the PersistentVolumeClaims (EVT-1), from a
// thread of its own, so that nobody who reports ever waits for an API server.
#ifndef RDS_CSI_KUBE_EVENT_RECORDER_H_
#define RDS_CSI_KUBE_EVENT_RECORDER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/clock.h"
#include "kube/api.h"
#include "kube/event.h"
#include "kube/recent_events.h"
#include "observe/report.h"

namespace rds_csi {

struct EventOptions {
  EventLimits limits;
  size_t longest_queue = 1000;
  absl::Duration request_timeout = absl::Seconds(10);
  // A report that the API server does not take is tried so often, with doubling waits between.
  int tries = 5;
  absl::Duration first_wait = absl::Seconds(1);
  absl::Duration longest_wait = absl::Seconds(30);
};

class EventRecorder final : public Reporter {
 public:
  // `api` and `clock` outlive it. `clock` is for times in events and for limits.
  EventRecorder(const KubeApi& api, EventSource source, Clock& clock,
                const EventOptions& options = {});

  // Ends a request that is under way, at once; what is queued is dropped.
  ~EventRecorder() override;

  EventRecorder(const EventRecorder&) = delete;
  EventRecorder& operator=(const EventRecorder&) = delete;

  // Queues what IsKubernetesEvent, and takes no notice of the rest.
  void Tell(const Report& report) override;

  // Reports that became no event and no count of one: too many, no claim to tell it to, refused, or
  // the API server could not be reached for too long.
  int64_t dropped() const { return dropped_; }

  // Whether all that was told before is done with by `deadline`: for the end of a process.
  bool Flush(absl::Time deadline);

 private:
  void Run(const std::stop_token& stop);
  // With waits between, until it is done, `stop`, or the tries are used up.
  absl::Status Deliver(const Report& report, const std::stop_token& stop);
  // One try.
  absl::Status Post(const Report& report, EventSeries& series, const std::stop_token& stop);
  absl::Status Create(const Report& report, EventSeries& series, const Http::Until& until);
  // Logs when it begins to fail, or fails otherwise than before.
  void Note(const absl::Status& status);

  const KubeApi& api_;
  const EventSource source_;
  Clock& clock_;
  const EventOptions options_;
  RecentEvents recent_;                         // of the thread alone
  absl::StatusCode last_ = absl::StatusCode{};  // of the thread alone
  std::atomic<int64_t> dropped_ = 0;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Report> queue_;  // guarded by mutex_
  bool busy_ = false;         // guarded by mutex_
  std::jthread thread_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_EVENT_RECORDER_H_
