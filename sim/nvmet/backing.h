// SPDX-License-Identifier: Apache-2.0
// What a namespace is backed by: a loop device on the file, whose sectors have 512 bytes as on an
// RDS, or the file itself where there are no loop devices (then sectors are as big as the
// filesystem says).
#ifndef RDS_CSI_SIM_NVMET_BACKING_H_
#define RDS_CSI_SIM_NVMET_BACKING_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/base/unique_fd.h"

namespace rds_csi::sim {

struct Backing {
  std::string path;      // for device_path
  bool is_file = false;  // not a device: needs buffered_io
  UniqueFd keep_alive;   // a loop device goes when nobody has it open: keep until the target has it
};

class Backings {
 public:
  virtual ~Backings() = default;

  virtual absl::StatusOr<Backing> Attach(const std::string& file) = 0;
  // After the file grew.
  virtual absl::Status Grow(const std::string& path) = 0;
  // The file behind a device_path, or the path itself.
  virtual std::string FileOf(const std::string& path) = 0;
};

class LoopBackings : public Backings {
 public:
  absl::StatusOr<Backing> Attach(const std::string& file) override;
  absl::Status Grow(const std::string& path) override;
  std::string FileOf(const std::string& path) override;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_NVMET_BACKING_H_
