// SPDX-License-Identifier: Apache-2.0
#include "sim/rest/http_message.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "sim/base/units.h"

namespace rds_csi::sim {
namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view Trim(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r");
  if (start == std::string_view::npos) return "";
  return text.substr(start, text.find_last_not_of(" \t\r") - start + 1);
}

void ParseTarget(std::string_view target, HttpRequest& request) {
  const size_t question = std::min(target.find('?'), target.size());
  for (const std::string& part : SplitList(target.substr(0, question), '/')) {
    request.path.push_back(PercentDecode(part));
  }
  if (question == target.size()) return;
  for (const std::string& item : SplitList(target.substr(question + 1), '&')) {
    const size_t equals = std::min(item.find('='), item.size());
    request.query.emplace_back(PercentDecode(item.substr(0, equals)),
                               PercentDecode(item.substr(std::min(equals + 1, item.size()))));
  }
}

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    default:
      return "Internal Server Error";
  }
}

}  // namespace

std::string HttpRequest::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

absl::StatusOr<HttpRequest> ParseHead(std::string_view head) {
  HttpRequest request;
  const std::vector<std::string> lines = SplitList(head, '\n');
  const std::vector<std::string> words = SplitList(lines.empty() ? "" : Trim(lines[0]), ' ');
  if (words.size() != 3 || words[2].rfind("HTTP/1.", 0) != 0) {
    return absl::InvalidArgumentError("not an HTTP request");
  }
  request.method = words[0];
  ParseTarget(words[1], request);
  for (size_t i = 1; i < lines.size(); ++i) {
    const size_t colon = lines[i].find(':');
    if (colon == std::string::npos) continue;
    request.headers[LowerCase(Trim(lines[i].substr(0, colon)))] =
        Trim(std::string_view(lines[i]).substr(colon + 1));
  }
  return request;
}

std::string FormatResponse(const HttpResponse& response, bool keep_alive) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", response.status, ReasonOf(response.status));
  if (response.status == 401) text += "WWW-Authenticate: Basic realm=\"RouterOS\"\r\n";
  if (response.status != 204) {
    text += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", response.content_type,
                        response.body.size());
  }
  text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return response.status == 204 ? text : text + response.body;
}

std::string PercentDecode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::pair<std::string, std::string> BasicCredentials(std::string_view authorization) {
  if (authorization.substr(0, 6) != "Basic ") return {};
  const std::string encoded(Trim(authorization.substr(6)));
  std::string decoded(encoded.size(), '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                     reinterpret_cast<const unsigned char*>(encoded.data()),
                                     static_cast<int>(encoded.size()));
  if (length < 0) return {};
  const auto padding = static_cast<size_t>(std::count(encoded.begin(), encoded.end(), '='));
  decoded.resize(static_cast<size_t>(length) - std::min(padding, static_cast<size_t>(length)));
  const size_t colon = decoded.find(':');
  if (colon == std::string::npos) return {};
  return {decoded.substr(0, colon), decoded.substr(colon + 1)};
}

}  // namespace rds_csi::sim
