// SPDX-License-Identifier: Apache-2.0
#include "rds/records.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

using nlohmann::json;

absl::Status Unreadable(std::string_view what, std::string_view text) {
  return Error(absl::StatusCode::kInternal,
               fmt::format("RDS: the answer {}: {}", what, Quoted(text)));
}

std::optional<std::string> ScalarText(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return value.dump();
  if (value.is_null()) return "";
  return std::nullopt;
}

std::optional<std::string> Text(const json& value) {
  if (!value.is_array()) return ScalarText(value);
  std::vector<std::string> elements;
  for (const json& element : value) {
    std::optional<std::string> text = ScalarText(element);
    if (!text) return std::nullopt;
    elements.push_back(*std::move(text));
  }
  return Join(elements, ",");
}

absl::StatusOr<RosRecord> ParseRecord(const json& object, std::string_view text) {
  if (!object.is_object()) return Unreadable("holds something else than records", text);
  RosRecord record;
  for (const auto& [property, value] : object.items()) {
    std::optional<std::string> value_text = Text(value);
    if (!value_text) return Unreadable(fmt::format("has an odd {}", Quoted(property)), text);
    record.emplace(property, *std::move(value_text));
  }
  return record;
}

}  // namespace

absl::StatusOr<std::vector<RosRecord>> ParseRosJson(std::string_view text) {
  const json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return Unreadable("is not JSON", text);
  std::vector<RosRecord> records;
  if (!parsed.is_array()) {
    ASSIGN_OR_RETURN(RosRecord record, ParseRecord(parsed, text));
    records.push_back(std::move(record));
    return records;
  }
  for (const json& object : parsed) {
    ASSIGN_OR_RETURN(RosRecord record, ParseRecord(object, text));
    records.push_back(std::move(record));
  }
  return records;
}

absl::Status CheckAnswer(const RosCommand& command, const std::vector<RosRecord>& records) {
  const bool one = command.verb == RosCommand::Verb::kAdd || command.verb == RosCommand::Verb::kSet;
  if (command.verb == RosCommand::Verb::kPrint || records.size() == (one ? 1 : 0)) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kInternal,
               fmt::format("RDS: {} answered {} records", NameOf(command), records.size()));
}

absl::Status Unreadable(const RosCommand& command, const absl::Status& why) {
  if (command.verb == RosCommand::Verb::kPrint || !absl::IsInternal(why)) return why;
  return Error(absl::StatusCode::kDeadlineExceeded,
               fmt::format("{}; the outcome of {} is unknown", Message(why), NameOf(command)));
}

}  // namespace rds_csi
