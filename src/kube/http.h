// SPDX-License-Identifier: Apache-2.0
// Wall 3: the API server as something that answers requests, one by one or as a stream of lines.
// Behind it stand libcurl (kube/curl_http.h) and, for tests, a small API server
// (kube/fake_http.h).
#ifndef RDS_CSI_KUBE_HTTP_H_
#define RDS_CSI_KUBE_HTTP_H_

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rds_csi {

class Http {
 public:
  struct Request {
    std::string method = "GET";
    std::string path;  // with the query, both escaped: "/api/v1/nodes?limit=500"
    std::string body;  // empty: none
    std::string content_type = "application/json";
  };

  struct Answer {
    long status = 0;
    std::string body;                           // of a stream that was opened: empty
    std::optional<absl::Duration> retry_after;  // what the server asks to wait
  };

  // How long the caller is ready to wait. `stop` ends the wait at once.
  struct Until {
    absl::Time deadline = absl::InfiniteFuture();
    // An initializer may name the deadline alone.
    std::stop_token stop = {};  // NOLINT(readability-redundant-member-init)
  };

  // One line of a stream, without its line break; empty lines are left out. An error ends the
  // stream and is passed on with its code.
  using OnLine = std::function<absl::Status(std::string_view line)>;

  virtual ~Http() = default;

  // One request, one answer, whatever its status. Called from many threads at once.
  // UNAVAILABLE: nothing was carried out, or nothing that could have changed anything.
  // DEADLINE_EXCEEDED: a request that changes something was sent, and no whole answer came: the
  // outcome is unknown. CANCELLED: stopped by the caller; of a change, the outcome is unknown.
  // INTERNAL: the answer is larger than this client takes.
  virtual absl::StatusOr<Answer> Send(const Request& request, const Until& until) = 0;

  // The same for an answer that goes on: `on_line` is called, on this thread, for each line as it
  // comes. Returns when the server has ended the answer. An answer other than 200 OK is handed back
  // whole, as by Send, and has no lines. UNAVAILABLE also: broken off, silent for too long, or
  // the deadline has passed.
  virtual absl::StatusOr<Answer> Stream(const Request& request, const Until& until,
                                        const OnLine& on_line) = 0;
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_HTTP_H_
