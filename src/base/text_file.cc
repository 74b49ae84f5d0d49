// SPDX-License-Identifier: Apache-2.0
#include "base/text_file.h"

#include <fmt/format.h>

#include <fstream>
#include <string_view>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

absl::Status Unusable(const std::string& path, std::string_view why) {
  return Error(absl::StatusCode::kFailedPrecondition, fmt::format("{} {}", path, why));
}

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path, size_t limit) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Unusable(path, "cannot be read");
  std::string text(limit + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (file.bad()) return Unusable(path, "cannot be read");
  if (text.size() > limit) return Unusable(path, fmt::format("is larger than {} bytes", limit));
  if (Trim(text).empty()) return Unusable(path, "is empty");
  return text;
}

}  // namespace rds_csi
