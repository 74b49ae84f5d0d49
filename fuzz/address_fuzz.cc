// SPDX-License-Identifier: Apache-2.0
// ParseHostPort: what is taken is safe in a fabrics option and formats back to the same.
#include "fuzz/fuzz.h"
#include "model/address.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const absl::StatusOr<HostPort> address = ParseHostPort(text, kDefaultNvmePort);
  if (!address.ok()) {
    Require(absl::IsInvalidArgument(address.status()), "refusals are INVALID_ARGUMENT");
    return 0;
  }
  Require(IsPlain(address->host), "a host is plain text");
  Require(address->port != 0, "a port is never 0");
  Require(ParseHost(address->host).ok(), "the host stands alone");
  const absl::StatusOr<HostPort> again = ParseHostPort(ToString(*address), 1);
  Require(again.ok() && *again == *address, "formatted and parsed, it is the same");
  return 0;
}
