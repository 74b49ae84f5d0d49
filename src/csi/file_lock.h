// SPDX-License-Identifier: Apache-2.0
// An exclusive lock on a file: one process at a time does what the file stands for.
#ifndef RDS_CSI_CSI_FILE_LOCK_H_
#define RDS_CSI_CSI_FILE_LOCK_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rds_csi {

// Held while this lives, and no longer, however the process ends.
class FileLock {
 public:
  // Makes the file (0600) if it is missing, and leaves it there in the end: removing it would open
  // a race. FAILED_PRECONDITION: another process holds it, naming `what` and the process.
  static absl::StatusOr<std::unique_ptr<FileLock>> Take(const std::string& path,
                                                        std::string_view what);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_FILE_LOCK_H_
