// SPDX-License-Identifier: Apache-2.0
// MetricsPages: whatever arrives is waited for or answered with a whole HTTP answer of a known
// kind, is never waited for beyond its bound, and is answered the same however it was cut into
// pieces.
#include "fuzz/fuzz.h"
#include "observe/metrics_pages.h"

using namespace rds_csi;

namespace {

const MetricsPages& Pages() {
  static const auto* const kPages =
      new MetricsPages{.metrics = [] { return std::string("metrics\n"); },
                       .health = [] { return absl::UnavailableError("a\r\nb"); }};
  return *kPages;
}

void CheckWhole(std::string_view answer) {
  Require(answer.starts_with("HTTP/1.1 "), "an answer is HTTP");
  const std::string_view code = answer.substr(9, 3);
  Require(code == "200" || code == "400" || code == "404" || code == "405" || code == "431" ||
              code == "503",
          "an answer has one of six codes");
  Require(answer.find("\r\n\r\n") != std::string_view::npos, "its headers end");
  Require(answer.size() < 400, "nothing of a request gets into it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view received = Text(data, size);
  const auto answer = Pages().Answer(received);
  Require(answer || size <= MetricsPages::kLargestRequest, "nobody is waited for without end");
  if (!answer) return 0;
  CheckWhole(*answer);
  if (size > MetricsPages::kLargestRequest) return 0;
  for (size_t part = 0; part < size; ++part) {
    const auto early = Pages().Answer(received.substr(0, part));
    if (!early) continue;
    Require(*early == *answer, "what follows the headers does not matter");
    break;
  }
  return 0;
}
