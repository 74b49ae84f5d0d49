// SPDX-License-Identifier: Apache-2.0
#include "model/paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr size_t kLongestPath = 4095;

bool IsControl(char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }

// Why `text` is not a clean absolute path; empty when it is one.
std::string_view WhyNot(std::string_view text) {
  if (text.empty()) return "it is empty";
  if (text.size() > kLongestPath) return "it is longer than 4095 bytes";
  if (text.front() != '/') return "it does not begin with '/'";
  if (std::any_of(text.begin(), text.end(), IsControl)) return "it has a control character";
  for (const std::string_view part : Split(text.substr(1), '/')) {
    if (part.empty()) return "it has an empty part";
    if (part == "." || part == "..") return "it has a part \".\" or \"..\"";
  }
  return {};
}

}  // namespace

absl::StatusOr<std::string> ParseAbsolutePath(std::string_view text, std::string_view field) {
  const std::string_view reason = WhyNot(text);
  if (!reason.empty()) {
    return Error(absl::StatusCode::kInvalidArgument,
                 fmt::format("{}: {} is not an absolute path: {}", field, Quoted(text), reason));
  }
  return std::string(text);
}

bool IsBelow(std::string_view path, std::string_view directory) {
  if (directory == "/") return path.size() > 1 && path.front() == '/';
  return path.size() > directory.size() + 1 && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

std::string ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == 0 || slash == std::string_view::npos) return "/";
  return std::string(path.substr(0, slash));
}

}  // namespace rds_csi
