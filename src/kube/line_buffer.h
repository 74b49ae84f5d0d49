// SPDX-License-Identifier: Apache-2.0
// Lines out of what a network delivers in pieces.
#ifndef RDS_CSI_KUBE_LINE_BUFFER_H_
#define RDS_CSI_KUBE_LINE_BUFFER_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace rds_csi {

class LineBuffer {
 public:
  using OnLine = std::function<absl::Status(std::string_view line)>;

  explicit LineBuffer(size_t longest_line) : longest_line_(longest_line) {}

  // Hands every line that is whole now to `on_line`, without its line break; lines that are empty
  // are left out. What follows the last line break waits for the next piece.
  // INTERNAL: a line is longer than `longest_line`. Errors of `on_line` are passed on. After an
  // error the buffer is of no more use.
  absl::Status Add(std::string_view piece, const OnLine& on_line);

  // Whether the last line was not ended: what comes after a cut.
  bool HasRest() const { return !rest_.empty(); }

 private:
  size_t longest_line_;
  std::string rest_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_LINE_BUFFER_H_
