// SPDX-License-Identifier: Apache-2.0
// The files of the RDS: real ones under <state-dir>/files, one directory a pool. Paths are
// RouterOS's, normalised: "/storage-pool/dir/x.img". Errors carry RouterOS's words.
#ifndef RDS_CSI_SIM_ROUTER_FILE_STORE_H_
#define RDS_CSI_SIM_ROUTER_FILE_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace rds_csi::sim {

struct FileInfo {
  std::string path;
  bool directory = false;
  uint64_t size = 0;
  uint64_t allocated = 0;  // bytes on disk: less than size for a sparse file
  int64_t modified = 0;    // seconds since the epoch
};

class FileStore {
 public:
  // Makes `root` when it is not there (the first write reports it when that failed).
  explicit FileStore(std::string root);

  // Where a path is on this machine.
  std::string LocalPath(std::string_view path) const;

  std::optional<FileInfo> Stat(std::string_view path) const;
  // Everything below a path, parents before children.
  std::vector<FileInfo> ListBelow(std::string_view path) const;

  // Grows with everything that is done here; and the same without counting Create.
  uint64_t changes() const { return changes_ + creations_; }
  uint64_t changes_but_creations() const { return changes_; }

  // A sparse file of zeros. Fails when anything is there already.
  absl::Status Create(std::string_view path, uint64_t size);
  absl::Status Resize(std::string_view path, uint64_t size);
  // With all parents; a directory that exists is success.
  absl::Status MakeDirectory(std::string_view path);
  // A file, or a directory with everything in it. Fails when nothing is there.
  absl::Status Remove(std::string_view path);
  // Copies a file, or a directory with everything in it; holes stay holes. `to` must not exist.
  absl::Status Copy(std::string_view from, std::string_view to);

 private:
  std::string root_;
  uint64_t changes_ = 0;
  uint64_t creations_ = 0;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_FILE_STORE_H_
