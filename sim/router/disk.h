// SPDX-License-Identifier: Apache-2.0
// A row of /disk: either a pool (a RAID with a filesystem, given on the command line) or a disk
// that is a file on a pool.
#ifndef RDS_CSI_SIM_ROUTER_DISK_H_
#define RDS_CSI_SIM_ROUTER_DISK_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/router/record.h"

namespace rds_csi::sim {

struct Disk {
  uint64_t id = 0;  // given by the table
  std::string type = "file";
  std::string slot;
  std::string comment;
  bool disabled = false;

  // A file disk.
  std::string file_path;  // "/storage-pool/dir/x.img"
  uint64_t file_size = 0;
  std::string namespace_uuid;

  bool mount_filesystem = true;
  bool nvme_export = false;
  uint64_t nvme_port = 4420;
  std::string nvme_nqn;         // empty: the slot name is the NQN
  std::string nvme_allow_host;  // empty: any host
  // Every other settable property that somebody set, as it was given.
  std::map<std::string, std::string, std::less<>> other;

  // A pool.
  std::string fs;
  std::string fs_uuid;
  uint64_t size = 0;
  std::string state = "clean";
  bool mounted = true;
  bool full = false;  // injected: no byte is free

  bool is_file() const { return type == "file"; }
  std::string nqn() const { return nvme_nqn.empty() ? slot : nvme_nqn; }
};

// The row as `print` shows it; `free` is only looked at for a mounted pool. Properties come in
// RouterOS's order.
Record DiskRecord(const Disk& disk, uint64_t free);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_DISK_H_
