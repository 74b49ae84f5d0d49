// SPDX-License-Identifier: Apache-2.0
// ParseHttpReply: the first byte picks verb and status, the rest is the body.
#include "fuzz/fuzz.h"
#include "rds/rest_mapping.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  constexpr long kStatus[] = {200, 201, 204, 400, 401, 404, 500, 502};
  const bool print = data[0] % 4 == 0;
  RosCommand command;
  command.menu = "/disk";
  command.id = print ? "" : "*1";
  command.verb = static_cast<RosCommand::Verb>(data[0] % 4);
  const long status = kStatus[data[0] / 4 % 8];
  const auto records = ParseHttpReply(status, Text(data + 1, size - 1), command);
  if (records.ok()) {
    Require(status < 300, "an error status is an error");
    return 0;
  }
  Require(records.status().message().size() < 4096, "errors are short");
  const bool error_in_words = status >= 300;
  Require(print || error_in_words || absl::IsDeadlineExceeded(records.status()),
          "a change whose answer cannot be read has an unknown outcome");
  return 0;
}
