// SPDX-License-Identifier: Apache-2.0
// Serves the pages of MetricsPages over HTTP: one thread, a bounded number of connections, each
// with one request, a bounded size and a bounded time. Why not a library: decision 7.
#ifndef RDS_CSI_OBSERVE_METRICS_SERVER_H_
#define RDS_CSI_OBSERVE_METRICS_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "observe/metrics_pages.h"

namespace rds_csi {

class MetricsServer {
 public:
  // When one more comes, the oldest is closed: whoever holds connections open keeps nobody out.
  static constexpr size_t kMostConnections = 16;

  // Listens on `host` (a name, an IPv4 or IPv6 address; empty: all addresses of both) and `port`
  // (0: any that is free), and serves until it is destroyed, which takes no longer than a page. A
  // connection is closed `patience` after it was made, whatever it is at.
  // FAILED_PRECONDITION naming the address: it is taken, or none of this machine.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(
      const std::string& host, uint16_t port, MetricsPages pages,
      absl::Duration patience = absl::Seconds(10));

  virtual ~MetricsServer() = default;

  virtual uint16_t port() const = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_OBSERVE_METRICS_SERVER_H_
