// SPDX-License-Identifier: Apache-2.0
#include "fs/usage.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {

absl::StatusOr<Usage> ParseUsage(std::string_view line) {
  std::vector<int64_t> numbers;
  for (const std::string_view word : Words(line)) {
    const std::optional<int64_t> number = ParseInt64(word);
    if (!number || *number < 0) break;
    numbers.push_back(*number);
  }
  if (numbers.size() != 6 || Words(line).size() != 6) {
    return absl::InternalError(fmt::format("unreadable usage {}", Quoted(line)));
  }
  return Usage{numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]};
}

absl::StatusOr<Usage> ReadUsage(Exec& exec, const std::string& path, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::string line, RunIo(exec, {"statfs", path}, "", deadline));
  return ParseUsage(line);
}

}  // namespace rds_csi
