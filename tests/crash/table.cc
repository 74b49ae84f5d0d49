// SPDX-License-Identifier: Apache-2.0
#include "table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace rds_csi::world::crash {
namespace {

class PrintAtTheEnd final : public testing::EmptyTestEventListener {
  void OnTestProgramEnd(const testing::UnitTest&) override { fmt::print("{}", CaseTable().Text()); }
};

[[maybe_unused]] const bool kListens = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new PrintAtTheEnd);
  return true;
}();

}  // namespace

void Table::Count(const std::string& row, const std::string& column) { ++counts_[row][column]; }

std::string Table::Text() const {
  std::set<std::string> columns;
  for (const auto& [row, cells] : counts_) {
    for (const auto& [column, count] : cells) columns.insert(column);
  }
  std::string text = fmt::format("{:<34}", "cases");
  for (const std::string& column : columns) text += fmt::format("{:>15}", column);
  text += fmt::format("{:>8}\n", "all");
  int everything = 0;
  for (const auto& [row, cells] : counts_) {
    int all = 0;
    text += fmt::format("{:<34}", row);
    for (const std::string& column : columns) {
      const auto cell = cells.find(column);
      const int count = cell == cells.end() ? 0 : cell->second;
      text += fmt::format("{:>15}", count);
      all += count;
    }
    text += fmt::format("{:>8}\n", all);
    everything += all;
  }
  return text + fmt::format("{} cases\n", everything);
}

Table& CaseTable() {
  static Table table;
  return table;
}

}  // namespace rds_csi::world::crash
