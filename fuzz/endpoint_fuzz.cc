// SPDX-License-Identifier: Apache-2.0
// ParseEndpoint: what is read can be written and read again; what is refused tells no login.
#include "fuzz/fuzz.h"
#include "rds/endpoint.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view url = Text(data, size);
  const auto endpoint = ParseEndpoint(url);
  if (!endpoint.ok()) {
    Require(absl::IsInvalidArgument(endpoint.status()), "refusals are INVALID_ARGUMENT");
    Require(url.find('@') == std::string_view::npos ||
                endpoint.status().message().find('@') == std::string_view::npos,
            "a login is not repeated");
    return 0;
  }
  const bool rest = endpoint->door == Endpoint::Door::kRest;
  const std::string again = (rest ? "https://" : "ssh://") + ToString(endpoint->address);
  Require(IsPlain(endpoint->address.host), "a host has no blanks, line breaks or commas");
  const auto reread = ParseEndpoint(again);
  Require(reread.ok() && *reread == *endpoint, "an endpoint is what it is written as");
  return 0;
}
