// SPDX-License-Identifier: Apache-2.0
// ParseSocketPath: what is taken is a clean path that the kernel can listen at, as it was written.
#include "csi/socket_claim.h"
#include "fuzz/fuzz.h"
#include "model/paths.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const absl::StatusOr<std::string> path = ParseSocketPath(text);
  if (!path.ok()) {
    Require(absl::IsInvalidArgument(path.status()), "refusals are INVALID_ARGUMENT");
    return 0;
  }
  Require(path->size() <= 107, "the kernel takes all of it");
  Require(ParseAbsolutePath(*path, "path").ok(), "it is absolute and clean");
  Require(text == *path || text == "unix://" + *path, "it is taken unchanged");
  return 0;
}
