// SPDX-License-Identifier: Apache-2.0
// What is told to Kubernetes of any text: valid UTF-8, within the limit, and the same when it is
// done twice. The first byte is the limit.
#include "fuzz/fuzz.h"
#include "kube/event.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t limit = 4 + size_t{data[0]};
  const std::string text = CutText(Text(data + 1, size - 1), limit);
  Require(text.size() <= limit, "a text is within its limit");
  Require(CutText(text, limit) == text, "what was cut needs no cutting");
  const auto quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::strict);
  Require(Json::parse(quoted) == text, "a text is UTF-8");
  Require(NewEventName(Text(data + 1, size - 1)).size() <= 253, "a name fits");
  return 0;
}
