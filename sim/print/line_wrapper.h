// SPDX-License-Identifier: Apache-2.0
// Puts words into lines of at most 80 characters, the way RouterOS wraps without a terminal.
#ifndef RDS_CSI_SIM_PRINT_LINE_WRAPPER_H_
#define RDS_CSI_SIM_PRINT_LINE_WRAPPER_H_

#include <string>
#include <string_view>

namespace rds_csi::sim {

class LineWrapper {
 public:
  // The first line begins with `head`, every other one with `indent` blanks.
  LineWrapper(std::string_view head, size_t indent);

  // A word that is not quoted and longer than a line is cut where the line ends, without any mark;
  // a quoted one stays whole and sticks out.
  void Add(std::string_view word, bool quoted);
  // The next word starts a line.
  void Break();
  std::string Finish() &&;

 private:
  static constexpr size_t kWidth = 80;

  bool HasWords() const { return line_.size() > head_; }

  std::string text_;
  std::string line_;
  size_t head_;  // what of the line is head or indent
  const size_t indent_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_PRINT_LINE_WRAPPER_H_
