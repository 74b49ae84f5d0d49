// SPDX-License-Identifier: Apache-2.0
// What every fuzz target uses. A target checks what must hold for any input, not only that nothing
// crashes.
#ifndef RDS_CSI_FUZZ_FUZZ_H_
#define RDS_CSI_FUZZ_FUZZ_H_

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "base/text.h"

namespace rds_csi {

// Where a broken invariant is told: standard error, unless that is the log of a driver under test.
inline int invariants_fd = STDERR_FILENO;

// Says which invariant broke and ends the process; libFuzzer then keeps the input.
inline void Require(bool held, const char* invariant) {
  if (held) return;
  dprintf(invariants_fd, "broken invariant: %s\n", invariant);
  std::abort();
}

inline std::string_view Text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// "key=value|key=value", so that seeds can be written and read by people.
inline std::map<std::string, std::string> Map(std::string_view text) {
  std::map<std::string, std::string> map;
  for (const std::string_view piece : Split(text, '|')) {
    const size_t equals = piece.find('=');
    if (equals == std::string_view::npos) continue;
    map.emplace(piece.substr(0, equals), piece.substr(equals + 1));
  }
  return map;
}

// Whether `text` could end a line, a fabrics option or a console command.
inline bool IsPlain(std::string_view text) {
  using std::string_view_literals::operator""sv;
  return text.find_first_of("\0\r\n\t ,;\"'\\$[](){}#?"sv) == std::string_view::npos;
}

}  // namespace rds_csi

#endif  // RDS_CSI_FUZZ_FUZZ_H_
