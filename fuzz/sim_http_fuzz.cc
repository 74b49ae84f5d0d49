// SPDX-License-Identifier: Apache-2.0
// What arrives at the REST door of rds-sim: the head of a request, its credentials, its query
// words.
#include <algorithm>

#include "fuzz/fuzz.h"
#include "sim/rest/http_message.h"
#include "sim/rest/rest_query.h"
#include "sim/rest/rest_request.h"

using namespace rds_csi;

namespace {

void CheckRequest(std::string_view text) {
  static const sim::Schema schema = *sim::Schema::Load("7.24");
  const size_t end = std::min(text.find("\r\n\r\n"), text.size());
  auto request = sim::ParseHead(text.substr(0, end));
  if (!request.ok()) {
    Require(absl::IsInvalidArgument(request.status()), "no HTTP is INVALID_ARGUMENT");
    return;
  }
  Require(!request->method.empty(), "a request has a method");
  for (const auto& [header, value] : request->headers) {
    Require(header.find('\n') == std::string::npos, "a header is one line");
    Require(request->Header(header) == value, "a header is found by its name");
  }
  if (end < text.size()) request->body = text.substr(end + 4);
  const auto call = sim::ParseRest(schema, *request);
  Require(call.ok() || absl::IsInvalidArgument(call.status()), "no command is INVALID_ARGUMENT");
  Require(!call.ok() || !call->command.verb.empty() || request->path.back() == "execute",
          "a call is a command or a script");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  Require(sim::PercentDecode(text).size() <= text.size(), "decoding makes nothing longer");
  const auto [name, password] = sim::BasicCredentials(text);
  Require(name.size() + password.size() <= text.size(), "nor does base64");
  std::vector<std::string> words;
  for (const std::string_view line : Lines(text)) words.emplace_back(line);
  const auto condition = sim::ParseQuery(words);
  Require(condition.ok() || absl::IsInvalidArgument(condition.status()),
          "a wrong query is INVALID_ARGUMENT");
  if (condition.ok()) (void)condition->OnlyValuesOf("slot");
  CheckRequest(text);
  return 0;
}
