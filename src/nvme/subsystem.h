// SPDX-License-Identifier: Apache-2.0
// What the kernel knows of a volume's connection, read from sysfs at every call. Names such as
// nvme0n1 say nothing: a device comes back under another one. What identifies it is the subsystem's
// NQN (drivers/nvme/host/sysfs.c has the attributes).
//
//   /sys/class/nvme/nvme0/{subsysnqn,state,address,hostnqn}      a controller: one connection
//   /sys/block/nvme0n1/{dev,size,nsid,uuid,hidden,device/subsysnqn}  a head: the block device
//   /sys/block/nvme0c0n1/{ana_state,size}                        hidden=1: a path to a head
#ifndef RDS_CSI_NVME_SUBSYSTEM_H_
#define RDS_CSI_NVME_SUBSYSTEM_H_

#include <cstdint>
#include <map>
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
  int64_t block_bytes = 0;  // of a logical block
  // What makes paths one head, each empty when the namespace has none. Zero and empty of a device
  // that is not NVMe.
  int64_t nsid = 0;
  std::string uuid;
  std::string nguid;  // written as a UUID
  std::string eui;
};

// One way to a head.
struct NvmePath {
  std::string name;        // "nvme0c3n1"
  std::string controller;  // "nvme3"
  std::string ana_state;   // "optimized", "non-optimized", "inaccessible", "persistent-loss", …
  int64_t size_bytes = 0;
};

// One subsystem: of ours, a volume.
struct NvmeSubsystem {
  std::vector<NvmeController> controllers;
  std::optional<NvmeNamespace> head;
  std::vector<NvmePath> paths;  // of the head
};

// The connections to the subsystem `nqn`, anchors among them (nvme/anchor_address.h tells them
// apart); ones that appear or go while we look may be left out.
absl::StatusOr<std::vector<NvmeController>> FindControllers(Files& files, std::string_view nqn);

// The volume's block device; none while there is no connection, or one without a namespace yet.
// FAILED_PRECONDITION: more than one, which no volume of ours has.
absl::StatusOr<std::optional<NvmeNamespace>> FindNamespace(Files& files, std::string_view nqn);

// The paths to a head; none when the kernel has no native multipath or the head has lost them all.
absl::StatusOr<std::vector<NvmePath>> FindPaths(Files& files, const NvmeNamespace& head);

// Every subsystem whose NQN begins with `prefix`, by NQN, in one look at sysfs: for many volumes at
// once. Of two block devices in one, the latter.
absl::StatusOr<std::map<std::string, NvmeSubsystem>> FindSubsystems(Files& files,
                                                                    std::string_view prefix);

// Whether there is a block device with this number, NVMe or not, or it cannot be told.
bool IsBlockDevice(Files& files, DeviceNumber number);

// The NQN behind a block device; none: it is no NVMe device, or gone.
std::optional<std::string> FindNqn(Files& files, DeviceNumber number);

}  // namespace rds_csi

#endif  // RDS_CSI_NVME_SUBSYSTEM_H_
