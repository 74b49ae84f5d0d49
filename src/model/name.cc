// SPDX-License-Identifier: Apache-2.0
#include "model/name.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

bool IsNameCharacter(char c) { return IsAlphanumeric(c) || c == '.' || c == '_' || c == '-'; }

absl::Status NotAName(std::string_view text, std::string_view what, std::string_view reason) {
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is not a {}: {}", Quoted(text), what, reason));
}

}  // namespace

absl::Status CheckName(std::string_view text, std::string_view what, size_t limit) {
  if (text.empty()) return NotAName(text, what, "it is empty");
  if (text.size() > limit) {
    return NotAName(
        text, what,
        fmt::format("it has {} characters, at most {} are allowed", text.size(), limit));
  }
  const auto odd = std::find_if_not(text.begin(), text.end(), IsNameCharacter);
  if (odd != text.end()) {
    return NotAName(text, what,
                    fmt::format("{} is not allowed, only letters, digits, '.', '_' and '-'",
                                Quoted(std::string_view(&*odd, 1))));
  }
  if (!IsAlphanumeric(text.front())) {
    return NotAName(text, what, "it must begin with a letter or a digit");
  }
  return absl::OkStatus();
}

}  // namespace rds_csi
