// SPDX-License-Identifier: Apache-2.0
#include "sim/net/address.h"

#include <fmt/format.h>

#include "sim/base/units.h"

namespace rds_csi::sim {

absl::StatusOr<Address> ParseAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  const auto port = ParseNumber(colon == std::string_view::npos ? "" : text.substr(colon + 1));
  std::string_view host = text.substr(0, std::min(colon, text.size()));
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!port || *port > 65535 || (!bracketed && host.find(':') != std::string_view::npos)) {
    return absl::InvalidArgumentError(
        fmt::format("{}: expected HOST:PORT such as 127.0.0.1:8443 or [::1]:0", text));
  }
  return Address{.host = std::string(host), .port = static_cast<uint16_t>(*port)};
}

}  // namespace rds_csi::sim
