// SPDX-License-Identifier: Apache-2.0
#include "sim/print/line_wrapper.h"

namespace rds_csi::sim {

LineWrapper::LineWrapper(std::string_view head, size_t indent)
    : line_(head), head_(head.size()), indent_(indent) {}

void LineWrapper::Break() {
  text_ += line_ + "\r\n";
  line_.assign(indent_, ' ');
  head_ = indent_;
}

void LineWrapper::Add(std::string_view word, bool quoted) {
  const size_t blank = HasWords() ? 1 : 0;
  if (blank == 1 && line_.size() + 1 + word.size() > kWidth) {
    Break();
  } else if (blank == 1) {
    line_ += ' ';
  }
  while (!quoted && line_.size() + word.size() > kWidth) {
    const size_t room = kWidth - line_.size();
    line_ += word.substr(0, room);
    word.remove_prefix(room);
    Break();
  }
  line_ += word;
}

std::string LineWrapper::Finish() && {
  if (HasWords()) Break();
  return std::move(text_);
}

}  // namespace rds_csi::sim
