// SPDX-License-Identifier: Apache-2.0
// Where something listens: a DNS name, an IPv4 or an IPv6 address, and a TCP port.
#ifndef RDS_CSI_MODEL_ADDRESS_H_
#define RDS_CSI_MODEL_ADDRESS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rds_csi {

inline constexpr uint16_t kDefaultNvmePort = 4420;

// A host without brackets or port: "rds.example", "10.0.0.1", "fd00::1", "fe80::1%eth0".
// INVALID_ARGUMENT naming the offending text: the kernel's fabrics options are separated by commas
// and line breaks, so neither ever gets past here. Refused as well is what only a resolver takes
// for an IPv4 address ("10.1", "010.0.0.1", "0x7f000001"): a typing error must not become an
// address.
absl::StatusOr<std::string> ParseHost(std::string_view text);

// 1..65535, decimal digits only. INVALID_ARGUMENT naming the offending text.
absl::StatusOr<uint16_t> ParsePort(std::string_view text);

struct HostPort {
  std::string host;
  uint16_t port = 0;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};

// "host:port", "[v6]:port", or without a port (then `default_port`; a bare IPv6 address needs no
// brackets then). INVALID_ARGUMENT naming the offending text.
absl::StatusOr<HostPort> ParseHostPort(std::string_view text, uint16_t default_port);

// "host:port" or "[v6]:port".
std::string ToString(const HostPort& address);

}  // namespace rds_csi

#endif  // RDS_CSI_MODEL_ADDRESS_H_
