// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_TESTS_HISTORIES_MIXED_H_
#define RDS_CSI_TESTS_HISTORIES_MIXED_H_

#include <cstdint>
#include <string_view>

namespace rds_csi::world::histories {

// A number that looks drawn by lot and follows from `seed` and `text` alone (splitmix64, FNV-1a).
inline uint64_t Mixed(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

inline uint64_t Mixed(uint64_t seed, std::string_view text) {
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return Mixed(seed);
}

}  // namespace rds_csi::world::histories

#endif  // RDS_CSI_TESTS_HISTORIES_MIXED_H_
