// SPDX-License-Identifier: Apache-2.0
// What the fuzzer decides, read off one line of its input. '0' is the first of every choice, and so
// is what is missing at the end of the line: a line of one letter is an ordinary request, and each
// character behind it makes it less so. Thus seeds can be written and read by people.
#ifndef RDS_CSI_FUZZ_SURFACE_CHOICES_H_
#define RDS_CSI_FUZZ_SURFACE_CHOICES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rds_csi::surface {

class Choices {
 public:
  explicit Choices(std::string_view line) : left_(line) {}

  // The next character as it is; '0' at the end.
  char Letter() {
    if (left_.empty()) return '0';
    const char letter = left_.front();
    left_.remove_prefix(1);
    return letter;
  }
  // 0 … count-1.
  size_t Pick(size_t count) { return static_cast<uint8_t>(Letter() - '0') % count; }
  bool Flip() { return Pick(2) == 1; }

  template <typename T, size_t n>
  const T& Of(const T (&all)[n]) {
    return all[Pick(n)];
  }

  // Up to the next '|'. In UTF-8, for gRPC lets nothing else through: a byte above 127 is a
  // character of Latin-1.
  std::string Text() {
    const size_t end = std::min(left_.find('|'), left_.size());
    std::string text;
    for (const char byte : left_.substr(0, end)) Append(static_cast<uint8_t>(byte), text);
    left_.remove_prefix(std::min(end + 1, left_.size()));
    return text;
  }

 private:
  static void Append(uint8_t character, std::string& text) {
    if (character >= 0x80) text += static_cast<char>(0xc0 | (character >> 6));
    text += static_cast<char>(character >= 0x80 ? 0x80 | (character & 0x3f) : character);
  }

  std::string_view left_;
};

}  // namespace rds_csi::surface

#endif  // RDS_CSI_FUZZ_SURFACE_CHOICES_H_
