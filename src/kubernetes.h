// SPDX-License-Identifier: Apache-2.0
// The API server as a running plugin has it: a client and the events that go through it, or
// neither.
#ifndef RDS_CSI_KUBERNETES_H_
#define RDS_CSI_KUBERNETES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config.h"
#include "kube/api.h"
#include "kube/event_recorder.h"
#include "kube/http.h"
#include "observe/metrics.h"
#include "observe/report.h"

namespace rds_csi {

class Kubernetes {
 public:
  // `instance`: who of all our plugins speaks, for events. Dials nothing yet. `clock` and `metrics`
  // outlive it; where there is no API server for us, it says so in the log.
  Kubernetes(const ServingSettings& serving, const std::string& instance, Clock& clock,
             Metrics& metrics);

  // Gives the events that are still queued 3 s.
  ~Kubernetes();

  Kubernetes(const Kubernetes&) = delete;
  Kubernetes& operator=(const Kubernetes&) = delete;

  // Null: there is none.
  const KubeApi* api() const { return api_ ? &*api_ : nullptr; }

  // Who else is told of reports: the recorder of events, or nobody.
  std::vector<Reporter*> reporters();

 private:
  std::unique_ptr<Http> http_;
  std::optional<KubeApi> api_;
  std::unique_ptr<EventRecorder> events_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBERNETES_H_
