// SPDX-License-Identifier: Apache-2.0
// ParseOpeners: no line of an answer is ever overlooked, since "nobody" lets a device be taken
// away.
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "nvme/openers.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view lines = Text(data, size);
  const absl::StatusOr<std::vector<std::string>> users = ParseOpeners(lines);
  if (!users.ok()) return 0;
  Require(users->size() == Lines(lines).size(), "a user for every line");
  for (const std::string& user : *users) Require(!user.empty(), "no user without a name");
  return 0;
}
