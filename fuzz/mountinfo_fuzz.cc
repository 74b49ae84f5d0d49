// SPDX-License-Identifier: Apache-2.0
// ParseMountInfo: a mount for every line, or an error of the right code; no mount is lost.
#include "fuzz/fuzz.h"
#include "host/mounts.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const absl::StatusOr<std::vector<Mount>> mounts = ParseMountInfo(text);
  if (!mounts.ok()) {
    Require(absl::IsInternal(mounts.status()), "what cannot be read is INTERNAL");
    return 0;
  }
  Require(mounts->size() == Lines(text).size(), "a mount for every line");
  for (const Mount& mount : *mounts) {
    Require(!mount.target.empty() && !mount.fs_type.empty(), "a mount has a place and a type");
    Require(!MountsAt(*mounts, mount.target).empty(), "a mount is found at its place");
    Require(mount.target.size() <= size, "nothing grows");
  }
  return 0;
}
