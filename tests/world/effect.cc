// SPDX-License-Identifier: Apache-2.0
#include "effect.h"

#include <fmt/format.h>

namespace rds_csi::world {
namespace {

std::string Shown(const RosCommand& command) {
  std::string text = "rds: " + NameOf(command);
  if (!command.id.empty() && command.menu != "/file") text += " " + command.id;
  for (const auto& [property, value] : command.values) {
    if (property != "file-path") text += fmt::format(" {}={}", property, value);
  }
  return text;
}

}  // namespace

Effect EffectOf(const RosCommand& command) {
  return {0, command.verb == RosCommand::Verb::kPrint, Shown(command), NameOf(command)};
}

bool IsLook(const std::string& line) {
  const std::string verb = line.substr(0, line.find(' '));
  for (const char* look : {"probe", "reach", "openers", "look", "statfs"}) {
    if (verb == look) return true;
  }
  return false;
}

}  // namespace rds_csi::world
