// SPDX-License-Identifier: Apache-2.0
#include "observe/metrics_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kTextType = "text/plain; charset=utf-8";

struct Page {
  std::string_view status;
  std::string body;
  std::string_view type = kTextType;
};

struct RequestLine {
  std::string_view method;
  std::string_view path;
};

// "GET /metrics?x HTTP/1.1"; none: this is no HTTP/1.
std::optional<RequestLine> ParseRequestLine(std::string_view line) {
  const std::vector<std::string_view> words = Split(line, ' ');
  const bool is_http = words.size() == 3 && !words[0].empty() && words[1].starts_with('/') &&
                       words[2].starts_with("HTTP/1.");
  if (!is_http) return std::nullopt;
  return RequestLine{words[0], words[1].substr(0, words[1].find('?'))};
}

// Whether the empty line has come that ends the headers.
bool IsComplete(std::string_view received) {
  return received.find("\r\n\r\n") != std::string_view::npos ||
         received.find("\n\n") != std::string_view::npos;
}

std::string OneLine(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return text;
}

Page HealthPage(const absl::Status& health) {
  if (health.ok()) return {"200 OK", "ready\n"};
  return {"503 Service Unavailable",
          fmt::format("not ready: {}: {}\n", absl::StatusCodeToString(health.code()),
                      OneLine(Message(health)))};
}

Page PageFor(const MetricsPages& pages, const RequestLine& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    return {"405 Method Not Allowed", "only GET and HEAD\n"};
  }
  if (request.path == "/metrics") return {"200 OK", pages.metrics(), kMetricsType};
  if (request.path == "/healthz") return HealthPage(pages.health());
  return {"404 Not Found", "here are /metrics and /healthz\n"};
}

std::string ToText(const Page& page, bool with_body) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      page.status, page.type, page.body.size(), with_body ? page.body : std::string());
}

}  // namespace

std::optional<std::string> MetricsPages::Answer(std::string_view received) const {
  const std::string_view line = received.substr(0, received.find('\n'));
  if (received.size() > kLargestRequest) {
    return ToText({"431 Request Header Fields Too Large", "too much\n"}, true);
  }
  if (!IsComplete(received)) return std::nullopt;
  const std::optional<RequestLine> request = ParseRequestLine(Trim(line));
  if (!request) return ToText({"400 Bad Request", "no HTTP\n"}, true);
  return ToText(PageFor(*this, *request), request->method != "HEAD");
}

}  // namespace rds_csi
