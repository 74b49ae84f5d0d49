// SPDX-License-Identifier: Apache-2.0
#include "sim/router/sparse_copy.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "sim/base/unique_fd.h"

namespace rds_csi::sim {
namespace {

int CopyRange(int from, int to, off_t start, off_t end) {
  off_t in = start;
  off_t out = start;
  while (in < end) {
    const ssize_t copied = copy_file_range(from, &in, to, &out, static_cast<size_t>(end - in), 0);
    if (copied < 0) return errno;
    if (copied == 0) return EIO;
  }
  return 0;
}

int CopyData(int from, int to, off_t size) {
  off_t end = 0;
  while (end < size) {
    const off_t start = lseek(from, end, SEEK_DATA);
    if (start < 0) return errno == ENXIO ? 0 : errno;  // ENXIO: only a hole is left
    end = lseek(from, start, SEEK_HOLE);
    if (end < 0) return errno;
    if (const int error = CopyRange(from, to, start, end); error != 0) return error;
  }
  return 0;
}

int CopyContents(int from, int to) {
  if (ioctl(to, FICLONE, from) == 0) return 0;
  struct stat info;
  if (fstat(from, &info) != 0 || ftruncate(to, info.st_size) != 0) return errno;
  return CopyData(from, to, info.st_size);
}

}  // namespace

int SparseCopy(const std::string& from, const std::string& to) {
  const UniqueFd in(open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.valid()) return errno;
  const UniqueFd out(open(to.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (!out.valid()) return errno;
  const int error = CopyContents(in.get(), out.get());
  if (error != 0) unlink(to.c_str());
  return error;
}

}  // namespace rds_csi::sim
