// SPDX-License-Identifier: Apache-2.0
// Pinned host keys: no file that lacks a fingerprint pins it by accident.
#include "fuzz/fuzz.h"
#include "rds/host_key.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view pins = Text(data, size);
  const std::string fingerprint = "SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
  Require(!IsPinned(fingerprint, pins) || pins.find(fingerprint) != std::string_view::npos,
          "only what is written there is pinned");
  Require(!IsPinned("", pins) && !IsPinned("SHA256:", pins), "nothing pins nothing");
  Require(HostKeyAlgorithms(pins).find(' ') == std::string::npos, "algorithms are a list");
  return 0;
}
