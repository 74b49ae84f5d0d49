// SPDX-License-Identifier: Apache-2.0
// Commands as HTTP requests of RouterOS's REST API, and its answers: pure text, no network.
//
//   kPrint   POST   /rest/disk/print {".proplist":[…],".query":["slot=a","slot=b","#|"]}
//   kAdd     PUT    /rest/disk       {"slot":"a",…}
//   kSet     PATCH  /rest/disk/*1F   {"comment":"…",…}
//   kRemove  DELETE /rest/disk/*1F, and POST /rest/file/remove {"numbers":"pool/a.img"} by name
#ifndef RDS_CSI_RDS_REST_MAPPING_H_
#define RDS_CSI_RDS_REST_MAPPING_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rds/command.h"

namespace rds_csi {

struct HttpRequest {
  std::string method;
  std::string path;
  std::string body;  // JSON; empty: no body
};

// INVALID_ARGUMENT: see CheckCommand.
absl::StatusOr<HttpRequest> ToHttpRequest(const RosCommand& command);

// An answer of RouterOS with this HTTP status (a refused login, 401, is the transport's business).
// Errors as in rds/ros_errors.h. INTERNAL: the answer to a print cannot be read.
// DEADLINE_EXCEEDED: the answer to anything else cannot be read, or comes from a gateway in
// between: the outcome is unknown.
absl::StatusOr<std::vector<RosRecord>> ParseHttpReply(long http_status, std::string_view body,
                                                      const RosCommand& command);

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_REST_MAPPING_H_
