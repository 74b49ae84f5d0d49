// SPDX-License-Identifier: Apache-2.0
// ParseContents: one text and no other means blank, since blank is what gets formatted.
#include "base/text.h"
#include "fs/probe.h"
#include "fuzz/fuzz.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view line = Text(data, size);
  const absl::StatusOr<Contents> contents = ParseContents(line);
  if (!contents.ok()) return 0;
  if (contents->kind == Contents::Kind::kBlank)
    Require(Trim(line) == "blank", "only blank is blank");
  else
    Require(!contents->what.empty(), "something has a name");
  return 0;
}
