// SPDX-License-Identifier: Apache-2.0
#include "kubernetes.h"

#include "absl/time/clock.h"
#include "base/log.h"
#include "kube/curl_http.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kTimeForLastEvents = absl::Seconds(3);

}  // namespace

Kubernetes::Kubernetes(const ServingSettings& serving, const std::string& instance, Clock& clock,
                       Metrics& metrics) {
  if (!serving.kubernetes) {
    Log(LogLevel::kWarning,
        "no API server: there are no events, and no node is ever taken to be gone");
    return;
  }
  http_ = NewCurlHttp(*serving.kubernetes);
  api_.emplace(*http_);
  events_ = std::make_unique<EventRecorder>(
      *api_, EventSource{.driver = serving.driver_name, .instance = instance}, clock);
  metrics.AskEventsDropped(
      [events = events_.get()] { return static_cast<uint64_t>(events->dropped()); });
}

Kubernetes::~Kubernetes() {
  if (events_ && !events_->Flush(absl::Now() + kTimeForLastEvents)) {
    Log(LogLevel::kWarning, "the API server did not take the last events in time");
  }
}

std::vector<Reporter*> Kubernetes::reporters() {
  if (!events_) return {};
  return {events_.get()};
}

}  // namespace rds_csi
