// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 requests and responses, as much as a REST API with JSON bodies needs.
#ifndef RDS_CSI_SIM_REST_HTTP_MESSAGE_H_
#define RDS_CSI_SIM_REST_HTTP_MESSAGE_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace rds_csi::sim {

struct HttpRequest {
  std::string method;
  std::vector<std::string> path;  // "/rest/disk/*1" → rest disk *1, decoded
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in their order
  std::map<std::string, std::string> headers;              // names in lower case
  std::string body;

  // The header's value, or empty.
  std::string Header(const std::string& name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  bool drop = false;  // send nothing, close the connection
};

// The request line and the headers, without the empty line after them. INVALID_ARGUMENT when it is
// no HTTP/1 request.
absl::StatusOr<HttpRequest> ParseHead(std::string_view head);

std::string FormatResponse(const HttpResponse& response, bool keep_alive);

// "a%20b" → "a b"; a '%' that starts no escape stays.
std::string PercentDecode(std::string_view text);

// Name and password of "Basic …"; empty ones when the header is anything else.
std::pair<std::string, std::string> BasicCredentials(std::string_view authorization);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_REST_HTTP_MESSAGE_H_
