// SPDX-License-Identifier: Apache-2.0
// A directory that is gone when the test is.
#ifndef RDS_CSI_SIM_TESTING_TEMP_DIR_H_
#define RDS_CSI_SIM_TESTING_TEMP_DIR_H_

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace rds_csi::sim {

class TempDir {
 public:
  TempDir() : path_(std::filesystem::temp_directory_path() / "rds-sim-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) abort();
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_TESTING_TEMP_DIR_H_
