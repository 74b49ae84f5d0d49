// SPDX-License-Identifier: Apache-2.0
#include "kube/line_buffer.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"

namespace rds_csi {

absl::Status LineBuffer::Add(std::string_view piece, const OnLine& on_line) {
  size_t end = 0;
  while ((end = piece.find('\n')) != std::string_view::npos || !piece.empty()) {
    const std::string_view part = piece.substr(0, end);
    if (rest_.size() + part.size() > longest_line_) {
      return Error(absl::StatusCode::kInternal,
                   fmt::format("a line is longer than {} bytes", longest_line_));
    }
    if (end == std::string_view::npos) {
      rest_.append(part);
      break;
    }
    piece.remove_prefix(end + 1);
    const std::string begun = std::exchange(rest_, std::string());
    const std::string whole = begun.empty() ? "" : begun + std::string(part);
    const std::string_view line = begun.empty() ? part : std::string_view(whole);
    if (!line.empty()) RETURN_IF_ERROR(on_line(line));
  }
  return absl::OkStatus();
}

}  // namespace rds_csi
