// SPDX-License-Identifier: Apache-2.0
#include "rds/command.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr size_t kLongestValue = 1024;
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool OnlyOf(std::string_view text, std::initializer_list<std::string_view> sets) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return std::any_of(sets.begin(), sets.end(),
                       [c](std::string_view set) { return set.find(c) != std::string_view::npos; });
  });
}

absl::Status CheckProperty(std::string_view name) {
  if (!name.empty() && OnlyOf(name, {kLower, kDigits, ".-"})) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is no name of a RouterOS property", Quoted(name)));
}

absl::Status CheckValue(std::string_view property, std::string_view value) {
  if (value.size() > kLongestValue) {
    return Error(absl::StatusCode::kInvalidArgument,
                 fmt::format("{} is {} characters long; the RDS is sent at most {}", property,
                             value.size(), kLongestValue));
  }
  if (OnlyOf(value, {kLower, kUpper, kDigits, "._:/,=*%@+-"})) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} holds characters that are never sent to an RDS: {}", property,
                           Quoted(value)));
}

// A .id goes into a path of REST and, without quotes, into a line of the console.
absl::Status CheckId(const RosCommand& command) {
  using Verb = RosCommand::Verb;
  if (command.verb == Verb::kPrint || command.verb == Verb::kAdd) return absl::OkStatus();
  const std::string_view id = command.id;
  if (id.size() > 1 && id[0] == '*' && OnlyOf(id.substr(1), {kDigits, "abcdefABCDEF"})) {
    return absl::OkStatus();
  }
  const bool file_name = command.menu == "/file" && command.verb == Verb::kRemove && !id.empty() &&
                         !id.starts_with('*');
  if (file_name) return CheckValue("name", id);
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is no id of a RouterOS record", Quoted(id)));
}

}  // namespace

std::string_view NameOf(RosCommand::Verb verb) {
  switch (verb) {
    case RosCommand::Verb::kPrint:
      return "print";
    case RosCommand::Verb::kAdd:
      return "add";
    case RosCommand::Verb::kSet:
      return "set";
    case RosCommand::Verb::kRemove:
      return "remove";
  }
  return "";
}

std::string NameOf(const RosCommand& command) {
  return fmt::format("{} {}", command.menu, NameOf(command.verb));
}

absl::Status CheckCommand(const RosCommand& command) {
  RETURN_IF_ERROR(CheckId(command));
  for (const auto& [property, value] : command.values) {
    RETURN_IF_ERROR(CheckProperty(property));
    RETURN_IF_ERROR(CheckValue(property, value));
  }
  for (const auto& [property, value] : command.any_of) {
    RETURN_IF_ERROR(CheckProperty(property));
    RETURN_IF_ERROR(CheckValue(property, value));
  }
  for (const std::string& property : command.properties) RETURN_IF_ERROR(CheckProperty(property));
  return absl::OkStatus();
}

}  // namespace rds_csi
