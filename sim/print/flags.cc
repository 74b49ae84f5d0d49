// SPDX-License-Identifier: Apache-2.0
#include "sim/print/flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace rds_csi::sim {
namespace {

bool IsOn(const Record& row, std::string_view property) {
  const Value* value = row.Find(property);
  return value != nullptr && value->is_boolean() && value->number != 0;
}

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

}  // namespace

const std::vector<FlagColumn::Letter>& FlagColumn::LettersOfMenu(std::string_view menu) {
  static const std::vector<Letter> kDisk = {
      {'X', "disabled"}, {'B', "block-device"}, {'M', "mounted"}, {'t', "nvme-tcp-export"}};
  static const std::vector<Letter> kSubvolume = {{'R', "read-only"}, {'S', "snapshot"}};
  static const std::vector<Letter> kNone;
  if (menu == "/disk") return kDisk;
  return menu == "/disk/btrfs/subvolume" ? kSubvolume : kNone;
}

FlagColumn::FlagColumn(std::string_view menu, const std::vector<Record>& rows) {
  for (const Letter& letter : LettersOfMenu(menu)) {
    const bool used = std::any_of(rows.begin(), rows.end(),
                                  [&](const Record& row) { return IsOn(row, letter.property); });
    if (used || rows.empty()) shown_.push_back(letter);
  }
}

std::string FlagColumn::Legend() const {
  std::string legend;
  for (const Letter& letter : shown_) {
    legend += legend.empty() ? "Flags: " : "; ";
    legend += fmt::format("{} - {}", letter.letter, UpperCase(letter.property));
  }
  return legend;
}

std::string FlagColumn::LettersOf(const Record& row) const {
  std::string letters;
  for (const Letter& letter : shown_) letters += IsOn(row, letter.property) ? letter.letter : ' ';
  return letters;
}

}  // namespace rds_csi::sim
