// SPDX-License-Identifier: Apache-2.0
// The text of /dev/nvme-fabrics: a reply names a controller or nothing, and no value that goes out
// can become an option of its own.
#include <algorithm>

#include "fuzz/fuzz.h"
#include "nvme/fabrics.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const absl::StatusOr<std::string> controller = ParseFabricsReply(text);
  if (controller.ok()) {
    Require(controller->starts_with("nvme") && controller->size() > 4, "a controller has a number");
  }
  const absl::StatusOr<std::string> options = FabricsOptions(
      {.address = {std::string(text), 4420}, .nqn = "n", .host = {"h", "i"}, .timeouts = {}});
  if (!options.ok()) return 0;
  Require(std::count(options->begin(), options->end(), ',') == 7, "as many options as before");
  Require(options->find('\n') == std::string::npos, "one line");
  return 0;
}
