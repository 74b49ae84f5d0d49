// SPDX-License-Identifier: Apache-2.0
// A file descriptor that closes itself.
#ifndef RDS_CSI_HOST_LINUX_FD_H_
#define RDS_CSI_HOST_LINUX_FD_H_

#include <unistd.h>

#include <utility>

namespace rds_csi {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    Close();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  ~Fd() { Close(); }

  int get() const { return fd_; }
  // False for what a failed call returned; errno says why.
  bool ok() const { return fd_ >= 0; }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace rds_csi

#endif  // RDS_CSI_HOST_LINUX_FD_H_
