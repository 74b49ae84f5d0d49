// SPDX-License-Identifier: Apache-2.0
#include "sim/print/tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/print/flags.h"
#include "sim/print/line_wrapper.h"

namespace rds_csi::sim {
namespace {

using Columns = std::vector<std::string_view>;

bool ShownToPeople(const Property& property) {
  return property.value.kind != Value::Kind::kFlag && property.name != "comment";
}

std::string NameAndValue(const Property& property) {
  return fmt::format("{}={}", property.name, property.value.ForPeople());
}

std::string Detail(const std::string& head, size_t indent, const Record& row) {
  LineWrapper lines(head, indent);
  if (const std::string comment = row.Get("comment"); !comment.empty()) {
    lines.Add(";;; " + comment, true);
    lines.Break();
  }
  for (const Property& property : row.properties) {
    if (!ShownToPeople(property)) continue;
    lines.Add(NameAndValue(property), property.value.kind == Value::Kind::kText);
  }
  return std::move(lines).Finish();
}

// /system/resource and its like: "name: value", names right-aligned.
std::string OneObject(const Record& row) {
  size_t width = 0;
  for (const Property& property : row.properties) width = std::max(width, property.name.size());
  std::string text;
  for (const Property& property : row.properties) {
    const bool quoted = property.value.kind == Value::Kind::kText;
    text += fmt::format("  {:>{}}: {}\r\n", property.name, width,
                        quoted ? property.value.text : property.value.ForPeople());
  }
  return text + "\r\n";
}

std::string DetailTable(std::string_view menu, const std::vector<Record>& rows) {
  const FlagColumn flags(menu, rows);
  const std::string legend = flags.Legend();
  std::string text = legend.empty() ? "" : legend + "\r\n";
  for (size_t i = 0; i < rows.size(); ++i) {
    // /disk: " 0 Bt type=…", six blanks on; /file has no flags: " 0   name=…", five.
    const std::string head = legend.empty() ? fmt::format("{:>2}   ", i)
                                            : fmt::format("{:>2} {} ", i, flags.LettersOf(rows[i]));
    text += Detail(head, legend.empty() ? 5 : 6, rows[i]) + "\r\n";
  }
  return text;
}

std::string TerseTable(std::string_view menu, const std::vector<Record>& rows) {
  const FlagColumn flags(menu, rows);
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    text += fmt::format("{:>2} {}", i, flags.LettersOf(rows[i]));
    for (const Property& property : rows[i].properties) {
      if (property.value.kind != Value::Kind::kFlag) {
        text += fmt::format(" {}={}", property.name, property.value.ForPrograms());
      }
    }
    text += "\r\n";
  }
  return text;
}

Columns BriefColumns(std::string_view menu) {
  if (menu == "/disk") return {"slot", "model", "size", "free", "use", "mount-point", "fs"};
  if (menu == "/file") return {"name", "type", "size", "last-modified"};
  if (menu == "/disk/btrfs/subvolume") return {"fs", "name", "parent", "creation-time"};
  return {"label", "uuid"};
}

std::string Cell(const Record& row, std::string_view column) {
  const Value* value = row.Find(column);
  if (value == nullptr) return "";
  return value->kind == Value::Kind::kText ? value->text : value->ForPeople();
}

std::string BriefRow(const std::string& head, const Columns& columns,
                     const std::vector<size_t>& widths, const Record& row) {
  std::string line = head;
  for (size_t i = 0; i < columns.size(); ++i) {
    line += fmt::format("{:<{}}  ", Cell(row, columns[i]), widths[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\r\n";
}

std::string BriefTable(std::string_view menu, const std::vector<Record>& rows) {
  const FlagColumn flags(menu, rows);
  const Columns columns = BriefColumns(menu);
  std::vector<size_t> widths;
  Record names;
  for (const std::string_view column : columns) {
    size_t width = column.size();
    for (const Record& row : rows) width = std::max(width, Cell(row, column).size());
    widths.push_back(width);
    std::string upper(column);
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    names.Add(column, Value::Text(std::move(upper)));
  }
  const std::string legend = flags.Legend();
  std::string text = legend.empty() ? "" : legend + "\r\n";
  const size_t flag_width = rows.empty() ? 0 : flags.LettersOf(rows.front()).size();
  text += BriefRow(fmt::format("#  {:<{}} ", "", flag_width), columns, widths, names);
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string head = fmt::format("{:<2} {} ", i, flags.LettersOf(rows[i]));
    text += BriefRow(head, columns, widths, rows[i]);
  }
  return text;
}

std::string ValueLists(const std::vector<Record>& rows) {
  std::string text;
  for (const Record& row : rows) text += OneObject(row);
  return text;
}

}  // namespace

std::string PrintTable(std::string_view menu, TableStyle style, const std::vector<Record>& rows) {
  const bool one_object = rows.size() == 1 && menu.substr(0, 8) == "/system/";
  if (one_object || style == TableStyle::kValueList) return ValueLists(rows);
  if (style == TableStyle::kDetail) return DetailTable(menu, rows);
  if (style == TableStyle::kTerse) return TerseTable(menu, rows);
  return BriefTable(menu, rows);
}

}  // namespace rds_csi::sim
