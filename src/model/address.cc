// SPDX-License-Identifier: Apache-2.0
#include "model/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "base/status.h"
#include "base/text.h"
#include "model/name.h"

namespace rds_csi {
namespace {

constexpr size_t kLongestHost = 253;          // RFC 1035, in text form
constexpr size_t kLongestLabel = 63;          // likewise
constexpr size_t kLongestInterfaceName = 15;  // IFNAMSIZ, without its NUL
constexpr std::string_view kDigits = "0123456789";

bool IsAddress(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  return inet_pton(family, std::string(text).c_str(), address.data()) == 1;
}

bool IsV6(std::string_view text) {
  const size_t percent = text.find('%');
  if (percent == std::string_view::npos) return IsAddress(AF_INET6, text);
  return IsAddress(AF_INET6, text.substr(0, percent)) &&
         CheckName(text.substr(percent + 1), "interface", kLongestInterfaceName).ok();
}

bool IsHostCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         std::string_view(".:%_-").find(c) != std::string_view::npos;
}

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return c == '-' || absl::ascii_isalnum(static_cast<unsigned char>(c));
         });
}

// Resolvers take "10.1" and "0x7f000001" for IPv4 addresses. Nobody means those; a typing error in
// an address must not become another address.
bool LooksLikeANumber(std::string_view label) {
  return label.find_first_not_of(kDigits) == std::string_view::npos || label.starts_with("0x") ||
         label.starts_with("0X");
}

bool IsDnsName(std::string_view text) {
  const std::vector<std::string_view> labels = Split(text, '.');
  return std::all_of(labels.begin(), labels.end(), IsLabel) && !LooksLikeANumber(labels.back());
}

absl::Status NotAHost(std::string_view text, std::string_view reason) {
  return Error(absl::StatusCode::kInvalidArgument,
               fmt::format("{} is not a host name or IP address{}", Quoted(text), reason));
}

// What stands before and after the ':' of the port.
struct Halves {
  std::string_view host;
  std::optional<std::string_view> port;
};

absl::StatusOr<Halves> SplitBrackets(std::string_view text) {
  const size_t end = text.find(']');
  if (end == std::string_view::npos) return NotAHost(text, ": ']' is missing");
  const std::string_view host = text.substr(1, end - 1);
  const std::string_view rest = text.substr(end + 1);
  if (host.find(':') == std::string_view::npos) {
    return NotAHost(text, ": only an IPv6 address stands in brackets");
  }
  if (rest.empty()) return Halves{host, std::nullopt};
  if (rest.front() != ':') return NotAHost(text, ": after ']' only ':' and a port may follow");
  return Halves{host, rest.substr(1)};
}

absl::StatusOr<Halves> SplitPort(std::string_view text) {
  if (text.starts_with('[')) return SplitBrackets(text);
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) {
    return Halves{text, std::nullopt};
  }
  return Halves{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

absl::StatusOr<std::string> ParseHost(std::string_view text) {
  if (text.empty()) return NotAHost(text, ": it is empty");
  if (text.size() > kLongestHost) return NotAHost(text, ": it is longer than 253 characters");
  // First of all, since inet_pton would stop at a NUL and never see what follows.
  const auto odd = std::find_if_not(text.begin(), text.end(), IsHostCharacter);
  if (odd != text.end()) {
    return NotAHost(text, fmt::format(": {} is not allowed", Quoted(std::string_view(&*odd, 1))));
  }
  if (!IsV6(text) && !IsAddress(AF_INET, text) && !IsDnsName(text)) return NotAHost(text, "");
  return std::string(text);
}

absl::StatusOr<uint16_t> ParsePort(std::string_view text) {
  const std::optional<int64_t> number = ParseInt64(text);
  if (text.find_first_not_of(kDigits) != std::string_view::npos || !number || *number < 1 ||
      *number > 65535) {
    return Error(absl::StatusCode::kInvalidArgument,
                 fmt::format("{} is not a port number from 1 to 65535", Quoted(text)));
  }
  return static_cast<uint16_t>(*number);
}

absl::StatusOr<HostPort> ParseHostPort(std::string_view text, uint16_t default_port) {
  ASSIGN_OR_RETURN(const Halves halves, SplitPort(text));
  HostPort address{.host = {}, .port = default_port};
  ASSIGN_OR_RETURN(address.host, ParseHost(halves.host));
  if (halves.port) {
    ASSIGN_OR_RETURN(address.port, ParsePort(*halves.port));
  }
  return address;
}

std::string ToString(const HostPort& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", address.host, address.port)
            : fmt::format("{}:{}", address.host, address.port);
}

}  // namespace rds_csi
