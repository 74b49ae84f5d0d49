// SPDX-License-Identifier: Apache-2.0
#include "sim/rest/http_connection.h"

#include "sim/base/units.h"

namespace rds_csi::sim {

void HttpConnection::Serve(const Handler& handler) {
  if (!tls_.Handshake()) return;
  while (const auto request = ReadRequest()) {
    const HttpResponse response = handler(*request);
    if (response.drop) return;
    const bool keep_alive = request->Header("connection") != "close";
    if (!tls_.Write(FormatResponse(response, keep_alive))) return;
    if (!keep_alive) break;
  }
  tls_.Finish();
}

std::optional<HttpRequest> HttpConnection::ReadRequest() {
  size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (buffer_.size() > kMaxHead || !tls_.Read(buffer_)) return std::nullopt;
  }
  auto request = ParseHead(std::string_view(buffer_).substr(0, end));
  buffer_.erase(0, end + 4);
  if (!request.ok() || !ReadBody(*request)) return std::nullopt;
  return *std::move(request);
}

bool HttpConnection::ReadBody(HttpRequest& request) {
  if (!request.Header("transfer-encoding").empty()) return false;  // nothing sends chunks
  const std::string announced = request.Header("content-length");
  const auto length = ParseNumber(announced.empty() ? "0" : announced);
  if (!length || *length > kMaxBody) return false;
  if (request.Header("expect") == "100-continue" && buffer_.size() < *length) {
    tls_.Write("HTTP/1.1 100 Continue\r\n\r\n");
  }
  while (buffer_.size() < *length) {
    if (!tls_.Read(buffer_)) return false;
  }
  request.body = buffer_.substr(0, *length);
  buffer_.erase(0, *length);
  return true;
}

}  // namespace rds_csi::sim
