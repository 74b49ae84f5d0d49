// SPDX-License-Identifier: Apache-2.0
#include "model/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/text.h"
#include "model/access.h"

namespace rds_csi {
namespace {

constexpr size_t kLongestKubernetesName = 253;

bool IsLowerAlphanumeric(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return absl::ascii_islower(byte) || absl::ascii_isdigit(byte);
}

bool IsDnsLabel(std::string_view label) {
  return !label.empty() && IsLowerAlphanumeric(label.front()) &&
         IsLowerAlphanumeric(label.back()) && std::all_of(label.begin(), label.end(), [](char c) {
           return c == '-' || IsLowerAlphanumeric(c);
         });
}

absl::Status Invalid(std::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, message);
}

}  // namespace

std::string Fields::Get(const std::string& key) const {
  const auto found = map_.find(key);
  return found == map_.end() ? std::string() : found->second;
}

absl::Status Fields::Refuse(std::string_view key, std::string_view reason) const {
  return Annotate(Invalid(reason), NameOf(key));
}

// A key comes from outside too: one that could garble a message is quoted.
std::string Fields::NameOf(std::string_view key) const {
  const bool plain =
      !key.empty() && key.size() <= 80 && std::all_of(key.begin(), key.end(), [](char c) {
        return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '"';
      });
  return fmt::format("{} {}", kind_, plain ? std::string(key) : Quoted(key));
}

absl::StatusOr<std::string> ParseFsType(std::string_view text) {
  if (!FindFsType(text)) {
    return Invalid(fmt::format("{} is not ext4, ext3 or xfs", Quoted(text)));
  }
  return std::string(text);
}

absl::StatusOr<int32_t> ParseNumber(std::string_view text, int32_t least, int32_t most) {
  const std::optional<int64_t> number = ParseInt64(text);
  if (!number || *number < least || *number > most) {
    return Invalid(
        fmt::format("{} is not a whole number from {} to {}", Quoted(text), least, most));
  }
  return static_cast<int32_t>(*number);
}

absl::StatusOr<std::string> ParseKubernetesName(std::string_view text) {
  const std::vector<std::string_view> labels = Split(text, '.');
  if (text.size() > kLongestKubernetesName ||
      !std::all_of(labels.begin(), labels.end(), IsDnsLabel)) {
    return Invalid(fmt::format("{} is not the name of a Kubernetes object", Quoted(text)));
  }
  return std::string(text);
}

}  // namespace rds_csi
