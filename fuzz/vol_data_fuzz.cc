// SPDX-License-Identifier: Apache-2.0
// VolumeHandleIn: what is found in a record of kubelet's is found again when nothing else is in it.
#include <nlohmann/json.hpp>

#include "fuzz/fuzz.h"
#include "node/vol_data.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto handle = VolumeHandleIn(Text(data, size));
  if (!handle) return 0;
  const std::string alone = nlohmann::json{{"volumeHandle", *handle}}.dump();
  Require(VolumeHandleIn(alone) == handle, "a handle is found again");
  return 0;
}
