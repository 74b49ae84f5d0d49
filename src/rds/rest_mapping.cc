// SPDX-License-Identifier: Apache-2.0
#include "rds/rest_mapping.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/status.h"
#include "base/text.h"
#include "rds/records.h"
#include "rds/ros_errors.h"

namespace rds_csi {
namespace {

using nlohmann::json;
using Verb = RosCommand::Verb;

// Property = value words, then one "#|…" that joins them all (the notation of the binary API).
json Query(const RosCommand& command) {
  json query = json::array();
  for (const auto& [property, value] : command.any_of)
    query.push_back(fmt::format("{}={}", property, value));
  if (query.size() > 1) query.push_back(fmt::format("#{}", std::string(query.size() - 1, '|')));
  return query;
}

json PrintBody(const RosCommand& command) {
  json body = json::object();
  if (!command.properties.empty()) body[".proplist"] = command.properties;
  if (!command.any_of.empty()) body[".query"] = Query(command);
  return body;
}

HttpRequest Remove(const RosCommand& command, const std::string& menu) {
  if (command.id.starts_with('*')) return {"DELETE", menu + "/" + command.id, ""};
  return {"POST", menu + "/remove", json{{"numbers", command.id}}.dump()};
}

// RouterOS's own words: `detail`, else `message`; none when this is no error object of its own.
std::optional<std::string> ErrorWords(std::string_view body) {
  const json parsed = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object() || !parsed.contains("error")) return std::nullopt;
  for (const char* key : {"detail", "message"}) {
    const auto found = parsed.find(key);
    if (found != parsed.end() && found->is_string()) return found->get<std::string>();
  }
  return std::nullopt;
}

absl::Status HttpError(long http_status, std::string_view body, const RosCommand& command) {
  const std::optional<std::string> words = ErrorWords(body);
  if (!words) {
    return Error(
        absl::StatusCode::kInternal,
        fmt::format("RDS: {} answered HTTP {}: {}", NameOf(command), http_status, Quoted(body)));
  }
  // A record that is gone has no words of its own.
  if (http_status == 404 && !command.id.empty()) return RosError("no such item", NameOf(command));
  return RosError(*words, NameOf(command));
}

absl::StatusOr<std::vector<RosRecord>> ParseAnswer(std::string_view body,
                                                   const RosCommand& command) {
  if (command.verb == Verb::kRemove) return std::vector<RosRecord>{};
  ASSIGN_OR_RETURN(std::vector<RosRecord> records, ParseRosJson(body));
  RETURN_IF_ERROR(CheckAnswer(command, records));
  return records;
}

}  // namespace

absl::StatusOr<HttpRequest> ToHttpRequest(const RosCommand& command) {
  RETURN_IF_ERROR(CheckCommand(command));
  const std::string menu = fmt::format("/rest{}", command.menu);
  switch (command.verb) {
    case Verb::kPrint:
      return HttpRequest{"POST", menu + "/print", PrintBody(command).dump()};
    case Verb::kAdd:
      return HttpRequest{"PUT", menu, json(command.values).dump()};
    case Verb::kSet:
      return HttpRequest{"PATCH", menu + "/" + command.id, json(command.values).dump()};
    case Verb::kRemove:
      return Remove(command, menu);
  }
  return Error(absl::StatusCode::kInternal, "no such verb");
}

absl::StatusOr<std::vector<RosRecord>> ParseHttpReply(long http_status, std::string_view body,
                                                      const RosCommand& command) {
  if (http_status < 200 || http_status > 299) {
    const absl::Status error = HttpError(http_status, body, command);
    const bool own_words = ErrorWords(body).has_value();
    return own_words ? error : Unreadable(command, error);
  }
  absl::StatusOr<std::vector<RosRecord>> records = ParseAnswer(body, command);
  if (!records.ok()) return Unreadable(command, records.status());
  return records;
}

}  // namespace rds_csi
