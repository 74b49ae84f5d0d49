// SPDX-License-Identifier: Apache-2.0
// What sysfs calls paths and addresses: a path names a controller and a head out of its own parts,
// and an anchor is only what has both its address and its port as whole options.
#include <algorithm>

#include "fuzz/fuzz.h"
#include "nvme/anchor_address.h"
#include "nvme/path_name.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  if (const std::optional<PathName> path = FindPathName(text)) {
    Require(path->controller.starts_with("nvme") && path->head.starts_with("nvme"), "nvme devices");
    const size_t n = path->head.find('n', 4);
    Require(
        path->head.substr(0, n) + "c" + path->controller.substr(4) + path->head.substr(n) == text,
        "the parts make the name");
  }
  if (IsAnchorAddress(text)) {
    const std::vector<std::string_view> options = Split(text, ',');
    const auto has = [&](std::string_view option) {
      return std::find(options.begin(), options.end(), option) != options.end();
    };
    Require(has("traddr=127.0.0.1") && has("trsvcid=4499"), "both options, whole");
  }
  return 0;
}
