// SPDX-License-Identifier: Apache-2.0
#include "rds/console.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"
#include "rds/records.h"
#include "rds/ros_errors.h"

namespace rds_csi {
namespace {

using Verb = RosCommand::Verb;

constexpr std::string_view kEnd = "rds-csi-end";

std::string Assignments(const RosRecord& values) {
  std::string text;
  for (const auto& [property, value] : values) text += fmt::format(" {}=\"{}\"", property, value);
  return text;
}

std::string Where(const RosCommand& command) {
  std::vector<std::string> terms;
  for (const auto& [property, value] : command.any_of) {
    terms.push_back(fmt::format("{}=\"{}\"", property, value));
  }
  return Join(terms, " or ");
}

std::string Print(const RosCommand& command, const std::string& where) {
  std::string print = fmt::format("{}/print as-value", command.menu);
  if (!command.properties.empty()) print += " proplist=" + Join(command.properties, ",");
  if (!where.empty()) print += " where " + where;
  return fmt::format(":put [:serialize to=json options=json.no-string-conversion [{}]]", print);
}

// The console compares .id with an id, not with a string: there it has no quotes.
std::string WhereIdIs(const std::string& id) { return ".id=" + id; }

// The row that was just added: by the property that names it.
std::string WhereAdded(const RosCommand& command) {
  const std::string key = command.menu == "/disk" ? "slot" : "name";
  const auto found = command.values.find(key);
  return fmt::format("{}=\"{}\"", key, found == command.values.end() ? "" : found->second);
}

std::string Remove(const RosCommand& command) {
  if (command.menu == "/file" && !command.id.starts_with('*')) {
    return fmt::format("/file/remove [find where name=\"{}\"]", command.id);
  }
  return fmt::format("{}/remove numbers={}", command.menu, command.id);
}

std::string Statements(const RosCommand& command) {
  switch (command.verb) {
    case Verb::kPrint:
      return Print(command, Where(command));
    case Verb::kAdd:
      return fmt::format("{}/add{}; {}", command.menu, Assignments(command.values),
                         Print(command, WhereAdded(command)));
    case Verb::kSet:
      return fmt::format("{}/set numbers={}{}; {}", command.menu, command.id,
                         Assignments(command.values), Print(command, WhereIdIs(command.id)));
    case Verb::kRemove:
      return Remove(command);
  }
  return "";
}

absl::StatusOr<std::vector<RosRecord>> ParseBody(const std::string& body,
                                                 const RosCommand& command) {
  std::vector<RosRecord> records;
  // Nothing found is an empty list; how ":serialize" writes that is not documented.
  if (!body.empty() && body != "\"\"") {
    ASSIGN_OR_RETURN(records, ParseRosJson(body));
  }
  RETURN_IF_ERROR(CheckAnswer(command, records));
  return records;
}

}  // namespace

absl::StatusOr<std::string> ToConsoleLine(const RosCommand& command) {
  RETURN_IF_ERROR(CheckCommand(command));
  return fmt::format("{}; :put \"{}\"", Statements(command), kEnd);
}

absl::StatusOr<std::vector<RosRecord>> ParseConsoleReply(std::string_view output,
                                                         const RosCommand& command) {
  std::string body;
  bool whole = false;
  for (std::string_view line : Lines(output)) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    whole = Trim(line) == kEnd;
    if (whole) continue;
    // JSON holds no raw line breaks: where a console wraps, the pieces belong together as they are.
    const bool data = !body.empty() || line.starts_with('[') || line.starts_with('{');
    if (!data && LooksLikeRosError(line)) return RosError(line, NameOf(command));
    if (data || !Trim(line).empty()) body += line;
  }
  if (!whole) {
    return Error(absl::StatusCode::kDeadlineExceeded,
                 fmt::format("RDS: the answer to {} broke off after {} bytes; the outcome is "
                             "unknown",
                             NameOf(command), output.size()));
  }
  absl::StatusOr<std::vector<RosRecord>> records = ParseBody(body, command);
  if (!records.ok()) return Unreadable(command, records.status());
  return records;
}

}  // namespace rds_csi
