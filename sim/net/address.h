// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_SIM_NET_ADDRESS_H_
#define RDS_CSI_SIM_NET_ADDRESS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rds_csi::sim {

// Where a door listens.
struct Address {
  std::string host;   // a name or an address, IPv6 without brackets; "" is every address
  uint16_t port = 0;  // 0: any free one
};

// "127.0.0.1:8443", "[::1]:0", "rds.example:443", ":8443". INVALID_ARGUMENT otherwise.
absl::StatusOr<Address> ParseAddress(std::string_view text);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_NET_ADDRESS_H_
