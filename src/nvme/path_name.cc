// SPDX-License-Identifier: Apache-2.0
#include "nvme/path_name.h"

#include <fmt/format.h>

namespace rds_csi {
namespace {

// Takes a run of digits off the front of `rest`.
std::string_view TakeDigits(std::string_view& rest) {
  const std::string_view digits = rest.substr(0, rest.find_first_not_of("0123456789"));
  rest.remove_prefix(digits.size());
  return digits;
}

bool TakeWord(std::string_view& rest, std::string_view word) {
  if (!rest.starts_with(word)) return false;
  rest.remove_prefix(word.size());
  return true;
}

}  // namespace

std::optional<PathName> FindPathName(std::string_view name) {
  if (!TakeWord(name, "nvme")) return std::nullopt;
  const std::string_view subsystem = TakeDigits(name);
  if (!TakeWord(name, "c")) return std::nullopt;
  const std::string_view controller = TakeDigits(name);
  if (!TakeWord(name, "n")) return std::nullopt;
  const std::string_view head = TakeDigits(name);
  if (subsystem.empty() || controller.empty() || head.empty() || !name.empty()) {
    return std::nullopt;
  }
  return PathName{fmt::format("nvme{}", controller), fmt::format("nvme{}n{}", subsystem, head)};
}

}  // namespace rds_csi
