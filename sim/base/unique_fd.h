// SPDX-License-Identifier: Apache-2.0
// A file descriptor that closes itself.
#ifndef RDS_CSI_SIM_BASE_UNIQUE_FD_H_
#define RDS_CSI_SIM_BASE_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace rds_csi::sim {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  ~UniqueFd() { Close(); }
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = other.Release();
    }
    return *this;
  }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Close() {
    if (const int fd = Release(); fd >= 0) close(fd);
  }

 private:
  int fd_ = -1;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_BASE_UNIQUE_FD_H_
