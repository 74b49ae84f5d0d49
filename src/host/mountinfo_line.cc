// SPDX-License-Identifier: Apache-2.0
#include "host/mountinfo_line.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "host/device_number.h"

namespace rds_csi {
namespace {

constexpr size_t kFixedFields = 6;  // up to the options of the mount
constexpr size_t kLastFields = 3;   // after the "-"

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

bool IsEscape(std::string_view text) {
  return text.size() >= 4 && text[0] == '\\' && text[1] >= '0' && text[1] <= '3' &&
         IsOctal(text[2]) && IsOctal(text[3]);
}

std::vector<std::string> Options(std::string_view text) {
  std::vector<std::string> options;
  for (const std::string_view option : Split(text, ',')) {
    options.push_back(UndoOctalEscapes(option));
  }
  return options;
}

}  // namespace

std::string UndoOctalEscapes(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    if (IsEscape(text)) {
      plain += static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
      text.remove_prefix(4);
    } else {
      plain += text[0];
      text.remove_prefix(1);
    }
  }
  return plain;
}

std::optional<MountLine> FindMountLine(std::string_view line) {
  const std::vector<std::string_view> fields = Split(line, ' ');
  if (fields.size() < kFixedFields + 1 + kLastFields) return std::nullopt;
  const auto dash = std::find(fields.begin() + kFixedFields, fields.end(), "-");
  if (fields.end() - dash < static_cast<ptrdiff_t>(1 + kLastFields)) return std::nullopt;
  const std::optional<int64_t> id = ParseInt64(fields[0]);
  const std::optional<int64_t> parent = ParseInt64(fields[1]);
  const std::optional<DeviceNumber> number = FindDeviceNumber(fields[2]);
  if (!id || !parent || !number || fields[4].empty() || dash[1].empty()) return std::nullopt;

  // A few filesystems print a blank into their options; those are last, so nothing else shifts.
  const std::string_view super_options =
      line.substr(static_cast<size_t>(dash[3].data() - line.data()));
  return MountLine{.id = *id,
                   .parent = *parent,
                   .mount = {.target = UndoOctalEscapes(fields[4]),
                             .root = UndoOctalEscapes(fields[3]),
                             .number = *number,
                             .fs_type = UndoOctalEscapes(dash[1]),
                             .source = UndoOctalEscapes(dash[2]),
                             .options = Options(fields[5]),
                             .super_options = Options(super_options)}};
}

}  // namespace rds_csi
