// SPDX-License-Identifier: Apache-2.0
// CheckMountFlag: what is taken is one option of the filesystem, with nothing hidden in it.
#include "fuzz/fuzz.h"
#include "model/access.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view flag = Text(data, size);
  const absl::Status status = CheckMountFlag(flag);
  if (!status.ok()) {
    Require(absl::IsInvalidArgument(status), "refusals are INVALID_ARGUMENT");
    return 0;
  }
  Require(!flag.empty() && flag.size() <= 128 && IsPlain(flag), "a flag is short and plain");
  Require(flag.front() != '-', "a flag is no option of a command");
  for (const std::string_view other : {"bind", "rbind", "move", "remount", "loop", "shared"}) {
    Require(flag.substr(0, flag.find('=')) != other, "nothing else is mounted");
  }
  return 0;
}
