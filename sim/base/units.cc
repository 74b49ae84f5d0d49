// SPDX-License-Identifier: Apache-2.0
#include "sim/base/units.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <ctime>
#include <limits>

namespace rds_csi::sim {
namespace {

// The power of 1024 that a suffix stands for; none when it is no suffix.
std::optional<int> SuffixPower(std::string_view suffix) {
  if (suffix.empty()) return 0;
  const size_t power = std::string_view("KMGTP").find(suffix.front());
  if (power == std::string_view::npos) return std::nullopt;
  suffix.remove_prefix(1);
  if (!suffix.empty() && suffix != "iB") return std::nullopt;
  return static_cast<int>(power) + 1;
}

}  // namespace

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<uint64_t> ParseSize(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::optional<uint64_t> number = ParseNumber(text.substr(0, digits));
  const std::optional<int> power = SuffixPower(text.substr(digits));
  if (!number || !power) return std::nullopt;
  for (int i = 0; i < *power; ++i) {
    if (*number > std::numeric_limits<int64_t>::max() / 1024) return std::nullopt;
    *number *= 1024;
  }
  if (*number > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return number;
}

std::optional<bool> ParseYesNo(std::string_view text) {
  if (text == "yes" || text == "true") return true;
  if (text == "no" || text == "false") return false;
  return std::nullopt;
}

std::string GroupDigits(uint64_t number) {
  const std::string digits = fmt::format("{}", number);
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ' ';
    grouped += digits[i];
  }
  return grouped;
}

std::string RoundSize(uint64_t bytes) {
  static constexpr std::array<std::string_view, 6> kUnits = {"B",   "KiB", "MiB",
                                                             "GiB", "TiB", "PiB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value > 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return unit == 0 ? fmt::format("{}", bytes) : fmt::format("{:.1f}{}", value, kUnits[unit]);
}

std::vector<std::string> SplitList(std::string_view text, char separator) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (end > 0) items.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

std::string FormatTime(int64_t seconds) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string FormatDuration(int64_t seconds) {
  struct Unit {
    int64_t length;
    char letter;
  };
  static constexpr std::array<Unit, 5> kUnits = {Unit{604800, 'w'}, Unit{86400, 'd'},
                                                 Unit{3600, 'h'}, Unit{60, 'm'}, Unit{1, 's'}};
  std::string text;
  for (const Unit& unit : kUnits) {
    if (seconds >= unit.length) text += fmt::format("{}{}", seconds / unit.length, unit.letter);
    seconds %= unit.length;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace rds_csi::sim
