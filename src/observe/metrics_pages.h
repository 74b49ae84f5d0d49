// SPDX-License-Identifier: Apache-2.0
// The two pages beside the CSI socket: /metrics for Prometheus and /healthz for probes and people.
// What arrives comes from the network: it is bounded, and nothing of it is repeated.
#ifndef RDS_CSI_OBSERVE_METRICS_PAGES_H_
#define RDS_CSI_OBSERVE_METRICS_PAGES_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace rds_csi {

struct MetricsPages {
  // Bytes of a request, its headers included.
  static constexpr size_t kLargestRequest = 8192;

  std::function<std::string()> metrics;
  std::function<absl::Status()> health;

  // The whole answer, after which the connection is closed, to what has been received so far; none
  // while the request is not complete. Only GET and HEAD of HTTP/1; what stands in the headers
  // does not matter.
  //   /metrics   200, Prometheus' text format
  //   /healthz   200 "ready", or 503 and why not, on one line
  //   else       404; 405 for other methods, 400 for no HTTP, 431 for too much
  std::optional<std::string> Answer(std::string_view received) const;
};

}  // namespace rds_csi

#endif  // RDS_CSI_OBSERVE_METRICS_PAGES_H_
