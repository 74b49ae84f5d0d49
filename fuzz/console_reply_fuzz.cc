// SPDX-License-Identifier: Apache-2.0
// ParseConsoleReply: the first byte picks the verb, the rest is what the console said.
#include "fuzz/fuzz.h"
#include "rds/console.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  RosCommand command;
  command.menu = "/disk";
  command.verb = static_cast<RosCommand::Verb>(data[0] % 4);
  const auto records = ParseConsoleReply(Text(data + 1, size - 1), command);
  if (!records.ok()) {
    Require(records.status().message().size() < 4096, "errors are short");
    return 0;
  }
  const bool one = command.verb == RosCommand::Verb::kAdd || command.verb == RosCommand::Verb::kSet;
  Require(!one || records->size() == 1, "a change answers one record");
  Require(Text(data, size).find("rds-csi-end") != std::string_view::npos, "answers are whole");
  return 0;
}
