// SPDX-License-Identifier: Apache-2.0
// ParseSupportedVersion: what is taken is one word of what was said, and is at least 7.21.
#include "fuzz/fuzz.h"
#include "rds/version.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const absl::StatusOr<std::string> version = ParseSupportedVersion(text);
  if (!version.ok()) {
    const bool named =
        absl::IsInternal(version.status()) || absl::IsFailedPrecondition(version.status());
    Require(named, "no version is INTERNAL, an old one FAILED_PRECONDITION");
    Require(version.status().message().size() < 4096, "refusals are short");
    return 0;
  }
  Require(!Words(text).empty() && *version == Words(text).front(), "it is the first word");
  Require(version->find('.') != std::string::npos, "it has two numbers");
  Require(ParseSupportedVersion(*version).ok(), "what is supported is supported");
  return 0;
}
