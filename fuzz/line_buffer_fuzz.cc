// SPDX-License-Identifier: Apache-2.0
// LineBuffer: the lines are the same wherever the pieces end. The first byte is the size of a
// piece.
#include <algorithm>
#include <vector>

#include "fuzz/fuzz.h"
#include "kube/line_buffer.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  constexpr size_t kLongest = 64;
  const size_t piece = std::max<size_t>(data[0], 1);
  const std::string_view text = Text(data + 1, size - 1);
  std::vector<std::string> lines;
  LineBuffer buffer(kLongest);
  absl::Status status;
  for (size_t at = 0; at < text.size() && status.ok(); at += piece) {
    status = buffer.Add(text.substr(at, piece), [&lines](std::string_view line) {
      lines.emplace_back(line);
      return absl::OkStatus();
    });
  }
  std::vector<std::string_view> all = Split(text, '\n');
  const bool fits = std::all_of(all.begin(), all.end(),
                                [](std::string_view line) { return line.size() <= kLongest; });
  Require(status.ok() == fits, "a line that is too long is refused, and no other");
  if (!fits) return 0;
  const std::string_view rest = all.back();
  all.pop_back();
  std::erase(all, "");
  Require(std::equal(lines.begin(), lines.end(), all.begin(), all.end()),
          "the lines are those of the text");
  Require(buffer.HasRest() == !rest.empty(), "what is not ended is a rest");
  return 0;
}
