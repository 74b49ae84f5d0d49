// SPDX-License-Identifier: Apache-2.0
// What the kernel knows of a volume's connection, read from sysfs at every call. Names such as
// nvme0n1 say nothing: a device comes back under another one. What identifies it is the subsystem's
// NQN (drivers/nvme/host/sysfs.c has the attributes).
//
//   /sys/class/nvme/nvme0/{subsysnqn,state,address,hostnqn}      a controller: one connection
//   /sys/block/nvme0n1/{dev,size,nsid,hidden,device/subsysnqn}   a namespace head: the block device
//   /sys/block/nvme0c0n1                                         hidden=1: one path to a head
#ifndef RDS_CSI_NVME_SUBSYSTEM_H_
#define RDS_CSI_NVME_SUBSYSTEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "host/files.h"

namespace rds_csi {

struct NvmeController {
  std::string name;      // "nvme0"
  std::string state;     // "live", "connecting", "resetting", "deleting" …
  std::string address;   // "traddr=10.0.0.1,trsvcid=4420,src_addr=…"
  std::string host_nqn;  // who we said we are
};

struct NvmeNamespace {
  std::string device;  // "/dev/nvme0n1"
  DeviceNumber number;
  int64_t size_bytes = 0;
};

// The connections to the subsystem `nqn`; ones that appear or go while we look may be left out.
absl::StatusOr<std::vector<NvmeController>> FindControllers(Files& files, std::string_view nqn);

// The volume's block device; none while there is no connection, or one without a namespace yet.
// FAILED_PRECONDITION: more than one, which no volume of ours has.
absl::StatusOr<std::optional<NvmeNamespace>> FindNamespace(Files& files, std::string_view nqn);

// The block device with this number as sysfs has it now; none when it is gone. For volumes whose
// NQN is not known.
absl::StatusOr<std::optional<NvmeNamespace>> FindBlockDevice(Files& files, DeviceNumber number);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_SUBSYSTEM_H_
