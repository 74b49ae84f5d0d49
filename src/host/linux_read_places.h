// SPDX-License-Identifier: Apache-2.0
// Reading many places of a device at once: over a network a read is mostly waiting.
#ifndef RDS_CSI_HOST_LINUX_READ_PLACES_H_
#define RDS_CSI_HOST_LINUX_READ_PLACES_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace rds_csi {

struct Place {
  int64_t offset;
  char* buffer;  // aligned as O_DIRECT wants it, where `fd` has that
  size_t size;
  int error = 0;  // an errno, EIO for what lies beyond the end; 0: `buffer` is full

  std::string_view text() const { return {buffer, size}; }
};

// Reads them all, with one thread.
void ReadPlaces(int fd, std::vector<Place>& places);

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_READ_PLACES_H_
