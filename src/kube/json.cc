// SPDX-License-Identifier: Apache-2.0
#include "kube/json.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr int kDeepest = 100;
constexpr size_t kQuoted = 120;

// The library parses any depth, but copies and writes by recursion.
bool IsTooDeep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

Json ParseWithout(std::string_view text, const std::set<std::string>& leave_out) {
  if (leave_out.empty()) return Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto keep = [&leave_out](int, Json::parse_event_t event, Json& parsed) {
    return event != Json::parse_event_t::key ||
           !leave_out.contains(parsed.get_ref<const std::string&>());
  };
  return Json::parse(text, keep, /*allow_exceptions=*/false);
}

absl::Status Unreadable(std::string_view what, std::string_view why, std::string_view text) {
  return Error(absl::StatusCode::kInternal,
               fmt::format("{}: {}: {}", what, why, Quoted(text, kQuoted)));
}

}  // namespace

absl::StatusOr<Json> ParseObject(std::string_view text, std::string_view what,
                                 const std::set<std::string>& leave_out) {
  if (IsTooDeep(text)) return Unreadable(what, "the answer is nested too deeply", text);
  Json object = ParseWithout(text, leave_out);
  if (object.is_discarded()) return Unreadable(what, "the answer is no JSON", text);
  if (!object.is_object()) return Unreadable(what, "the answer is no JSON object", text);
  return object;
}

std::string ToText(const Json& object) {
  return object.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

absl::Status FieldReader::Wrong(std::string_view path, std::string_view problem) const {
  return Error(absl::StatusCode::kInternal, fmt::format("{}: {} {}", what_, path, problem));
}

absl::StatusOr<const Json*> FieldReader::Find(std::string_view path) const {
  const Json* at = &object_;
  for (const std::string_view name : Split(path, '.')) {
    if (at->is_null()) return nullptr;
    if (!at->is_object()) return Wrong(path, "is not inside an object");
    const auto found = at->find(std::string(name));
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at->is_null() ? nullptr : at;
}

absl::StatusOr<std::string> FieldReader::String(std::string_view path) const {
  ASSIGN_OR_RETURN(std::string text, StringOrEmpty(path));
  if (text.empty()) return Wrong(path, "is missing");
  return text;
}

absl::StatusOr<std::string> FieldReader::StringOrEmpty(std::string_view path) const {
  ASSIGN_OR_RETURN(const Json* const field, Find(path));
  if (field == nullptr) return "";
  if (!field->is_string()) return Wrong(path, "is no string");
  return field->get<std::string>();
}

absl::StatusOr<bool> FieldReader::BoolOrFalse(std::string_view path) const {
  ASSIGN_OR_RETURN(const Json* const field, Find(path));
  if (field == nullptr) return false;
  if (!field->is_boolean()) return Wrong(path, "is neither true nor false");
  return field->get<bool>();
}

absl::StatusOr<int64_t> FieldReader::IntegerOrZero(std::string_view path) const {
  ASSIGN_OR_RETURN(const Json* const field, Find(path));
  if (field == nullptr) return 0;
  if (!field->is_number_integer()) return Wrong(path, "is no integer");
  return field->get<int64_t>();
}

absl::StatusOr<std::optional<absl::Time>> FieldReader::TimeIfThere(std::string_view path) const {
  ASSIGN_OR_RETURN(const std::string text, StringOrEmpty(path));
  if (text.empty()) return std::nullopt;
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return Wrong(path, "is no time");
  return time;
}

absl::StatusOr<const Json*> FieldReader::ArrayIfThere(std::string_view path) const {
  ASSIGN_OR_RETURN(const Json* const field, Find(path));
  if (field != nullptr && !field->is_array()) return Wrong(path, "is no array");
  return field;
}

absl::StatusOr<const Json*> FieldReader::ObjectIfThere(std::string_view path) const {
  ASSIGN_OR_RETURN(const Json* const field, Find(path));
  if (field != nullptr && !field->is_object()) return Wrong(path, "is no object");
  return field;
}

}  // namespace rds_csi
