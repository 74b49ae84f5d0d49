// SPDX-License-Identifier: Apache-2.0
// ToConsoleLine against the console of rds-sim, which was written apart from it: what RouterOS
// hears is what was meant, argument by argument, or nothing is sent. The first line is the id, the
// second the values ("property=value|…"), the third what to look for.
#include <map>

#include "fuzz/fuzz.h"
#include "rds/console.h"
#include "rds/rest_mapping.h"
#include "sim/console/console.h"

using namespace rds_csi;

namespace {

const sim::Schema& Version724() {
  static const sim::Schema schema = *sim::Schema::Load("7.24");
  return schema;
}

// What RouterOS carries out when it is told `line`.
std::vector<sim::Command> Heard(const std::string& line) {
  std::vector<sim::Command> heard;
  sim::RunLine(Version724(), line, [&](const sim::Command& command) -> absl::StatusOr<sim::Reply> {
    heard.push_back(command);
    return sim::Reply{};
  });
  return heard;
}

void CheckHeard(const RosCommand& command, const std::string& line) {
  Require(line.find('\n') == std::string::npos, "a command is one line");
  const std::vector<sim::Command> heard = Heard(line);
  if (heard.empty()) return;  // RouterOS knows no such property, and does nothing
  Require(heard.size() <= 2, "one command, and a print of what it changed");
  Require(heard.back().verb == "print" || !heard.back().Writes() || heard.size() == 1,
          "what follows changes nothing");
  const sim::Command& first = heard.front();
  Require(first.menu == command.menu && first.verb == NameOf(command.verb), "the same command");
  for (const auto& [property, value] : command.values) {
    Require(first.Find(property) == value, "every value as it was meant");
  }
  const size_t more = command.verb == RosCommand::Verb::kSet ? 1 : 0;  // numbers=
  Require(!first.Writes() || first.arguments.size() == command.values.size() + more,
          "and no other");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::vector<std::string_view> lines = Lines(Text(data + 1, size - 1));
  lines.resize(3);
  RosCommand command;
  command.menu = "/disk";
  command.verb = static_cast<RosCommand::Verb>(data[0] % 3);  // removals of files need a `find`
  if (command.verb == RosCommand::Verb::kSet) command.id = lines[0];
  if (command.verb != RosCommand::Verb::kPrint) command.values = Map(lines[1]);
  if (command.verb == RosCommand::Verb::kPrint) {
    for (const auto& [property, value] : Map(lines[2]))
      command.any_of.emplace_back(property, value);
  }
  const absl::StatusOr<std::string> line = ToConsoleLine(command);
  const bool checked = CheckCommand(command).ok();
  Require(!line.ok() || checked, "nothing goes out unchecked");
  Require(ToHttpRequest(command).ok() == checked, "both doors take the same commands");
  if (line.ok()) CheckHeard(command, *line);
  return 0;
}
