// SPDX-License-Identifier: Apache-2.0
// One client's connection: request after request until either side has enough.
#ifndef RDS_CSI_SIM_REST_HTTP_CONNECTION_H_
#define RDS_CSI_SIM_REST_HTTP_CONNECTION_H_

#include <functional>
#include <optional>
#include <string>

#include "sim/rest/http_message.h"
#include "sim/rest/tls.h"

namespace rds_csi::sim {

class HttpConnection {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  HttpConnection(const TlsContext& context, int fd) : tls_(context, fd) {}

  // Returns when the connection ended.
  void Serve(const Handler& handler);

 private:
  static constexpr size_t kMaxHead = size_t{64} * 1024;
  static constexpr size_t kMaxBody = size_t{16} * 1024 * 1024;

  // None when the connection ended or what came is no request.
  std::optional<HttpRequest> ReadRequest();
  bool ReadBody(HttpRequest& request);

  TlsConnection tls_;
  std::string buffer_;  // came, but belongs to no request yet
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_REST_HTTP_CONNECTION_H_
