// SPDX-License-Identifier: Apache-2.0
// Requests and answers between the driver and `rds-csi-io serve`. What is whole says the same when
// it is sent again, each of its beginnings is partial, and nothing may follow it.
#include <string>

#include "fuzz/fuzz.h"
#include "host/io_messages.h"

using namespace rds_csi;

namespace {

Arrival Parse(std::string_view bytes, IoRequest& request) { return ParseIoRequest(bytes, request); }
Arrival Parse(std::string_view bytes, ExecResult& answer) { return ParseIoAnswer(bytes, answer); }
std::string Format(const IoRequest& request) { return FormatIoRequest(request); }
std::string Format(const ExecResult& answer) { return FormatIoAnswer(answer); }

template <typename Message>
void Check(std::string_view bytes) {
  Message message;
  const Arrival arrival = Parse(bytes, message);
  Message other;
  const Arrival longer = Parse(std::string(bytes) + std::string(4, '\0'), other);
  Require(arrival != Arrival::kBroken || longer == Arrival::kBroken, "what is broken stays so");
  if (arrival != Arrival::kWhole) return;
  Require(longer == Arrival::kBroken, "nothing follows a message");
  Require(Parse(bytes.substr(0, bytes.size() - 1), other) == Arrival::kPartial,
          "a beginning is partial");
  const std::string again = Format(message);
  Require(Parse(again, other) == Arrival::kWhole && Format(other) == again, "it says the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = Text(data, size);
  Check<IoRequest>(bytes);
  Check<ExecResult>(bytes);
  return 0;
}
