// SPDX-License-Identifier: Apache-2.0
#include "rds/version.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr std::pair<int64_t, int64_t> kOldest = {7, 21};

// The number that `text` begins with.
std::optional<int64_t> LeadingNumber(std::string_view text) {
  return ParseInt64(text.substr(0, text.find_first_not_of("0123456789")));
}

}  // namespace

absl::StatusOr<std::string> ParseSupportedVersion(std::string_view text) {
  const std::vector<std::string_view> words = Words(text);
  const std::vector<std::string_view> parts =
      Split(words.empty() ? std::string_view() : words[0], '.');
  const std::optional<int64_t> major = LeadingNumber(parts[0]);
  const std::optional<int64_t> minor = parts.size() < 2 ? std::nullopt : LeadingNumber(parts[1]);
  if (!major || !minor) {
    return Error(absl::StatusCode::kInternal,
                 fmt::format("RDS: {} is no RouterOS version", Quoted(text)));
  }
  if (std::pair(*major, *minor) < kOldest) {
    return Error(absl::StatusCode::kFailedPrecondition,
                 fmt::format("RDS: RouterOS {} is too old: 7.21 is the first with "
                             "nvme-tcp-server-nqn",
                             words[0]));
  }
  return std::string(words[0]);
}

}  // namespace rds_csi
