// SPDX-License-Identifier: Apache-2.0
#include "sim/router/command.h"

#include <algorithm>
#include <array>

#include "sim/base/units.h"

namespace rds_csi::sim {

std::optional<std::string> Command::Find(std::string_view name) const {
  const auto found = arguments.find(name);
  if (found == arguments.end()) return std::nullopt;
  return found->second;
}

std::optional<std::vector<std::string>> Command::Targets() const {
  for (const std::string_view name : {"numbers", ".id", "number"}) {
    if (const auto text = Find(name)) return SplitList(*text);
  }
  return std::nullopt;
}

bool Command::Writes() const {
  static constexpr std::array<std::string_view, 6> kReads = {"print",           "find", "get",
                                                             "monitor-traffic", "head", "tail"};
  return std::find(kReads.begin(), kReads.end(), verb) == kReads.end();
}

std::string Command::Text() const {
  std::string text = Path();
  for (const auto& [name, value] : arguments) {
    text += ' ';
    text += name;
    text += '=';
    text += value;
  }
  return text;
}

}  // namespace rds_csi::sim
