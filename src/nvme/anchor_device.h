// SPDX-License-Identifier: Apache-2.0
// The device-mapper device behind an anchor (anchor.h): a single target `error` of the volume's
// size, so that whatever reached the anchor by mistake fails. Acts go through dmsetup(8), facts
// come from sysfs (/sys/block/dm-*/dm/{name,uuid}).
//
// Its name is a digest of the NQN, since names are shorter than NQNs may be. Its uuid is
// "rds-csi-" and the NQN, where that fits.
#ifndef RDS_CSI_NVME_ANCHOR_DEVICE_H_
#define RDS_CSI_NVME_ANCHOR_DEVICE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "host/host.h"

namespace rds_csi {

struct AnchorDevice {
  std::string path;  // "/dev/dm-3": the kernel's own node, there without udev
  int64_t size_bytes = 0;
  bool suspended = false;  // cut off in the middle of being made
};

absl::StatusOr<std::optional<AnchorDevice>> FindAnchorDevice(Files& files, std::string_view nqn);

// Makes it, or gives it another size. `size_bytes`: a multiple of 512. There already: nothing is
// touched.
// FAILED_PRECONDITION: no dmsetup, or no device mapper in this kernel. UNAVAILABLE: dmsetup failed,
// with its words.
absl::Status ProvideAnchorDevice(const Host& host, std::string_view nqn, int64_t size_bytes,
                                 absl::Time deadline);

// Removes it; waits while somebody still has it open. Not there: OK. DEADLINE_EXCEEDED.
absl::Status RemoveAnchorDevice(const Host& host, std::string_view nqn, absl::Time deadline);

// The NQNs of all anchor devices; one whose NQN is too long for a uuid is not among them.
absl::StatusOr<std::vector<std::string>> FindAnchorDevices(Files& files);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_ANCHOR_DEVICE_H_
