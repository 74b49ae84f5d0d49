// SPDX-License-Identifier: Apache-2.0
// ScheduledShutdown: a time is only found where its line stands, and found again from that line.
#include <fmt/format.h>

#include "fuzz/fuzz.h"
#include "node/shutdown.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const std::optional<absl::Time> time = ScheduledShutdown(text);
  if (!time) return 0;
  Require(text.find("USEC=") != std::string_view::npos, "no time comes from nowhere");
  const std::string line = fmt::format("USEC={}\n", absl::ToUnixMicros(*time));
  Require(ScheduledShutdown(line) == time, "a time is found again");
  return 0;
}
