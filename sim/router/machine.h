// SPDX-License-Identifier: Apache-2.0
// Everything the simulated RDS is: its tables, its files, its target. The commands work on this;
// the router guards it with one lock.
#ifndef RDS_CSI_SIM_ROUTER_MACHINE_H_
#define RDS_CSI_SIM_ROUTER_MACHINE_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/router/disk_table.h"
#include "sim/router/export_target.h"
#include "sim/router/file_store.h"
#include "sim/router/switches.h"
#include "sim/schema/schema.h"

namespace rds_csi::sim {

struct Subvolume {
  uint64_t id = 0;
  std::string fs;    // the pool's slot
  std::string name;  // its directory below the pool
  std::string parent;
  std::string uuid;
  bool read_only = false;
  int64_t created = 0;
};

// The ids of files, which are made up as files are seen: a file keeps its id while it exists.
class FileIds {
 public:
  std::string IdOf(const std::string& path);
  // The path of an id, or empty.
  std::string PathOf(uint64_t id) const;
  void Forget(const std::string& path);

 private:
  std::map<std::string, uint64_t> ids_;
  std::map<uint64_t, std::string> paths_;
  uint64_t next_ = 1;
};

// How much of a pool is occupied, and for how long that may be believed: looking takes a walk over
// all its files, which must not take more than a few percent of the time.
struct PoolUsage {
  uint64_t bytes = 0;
  uint64_t changes = 0;       // of the file store when it was looked at
  bool preallocated = false;  // how it was looked at
  std::chrono::steady_clock::time_point good_until;
};

struct Machine {
  Machine(const Schema& schema_in, const Switches& switches_in, ExportTarget& target_in,
          const std::string& files_root)
      : schema(schema_in), switches(switches_in), target(target_in), files(files_root) {}

  const Schema& schema;
  const Switches& switches;
  ExportTarget& target;
  FileStore files;

  DiskTable disks;
  std::map<uint64_t, Subvolume> subvolumes;
  uint64_t next_subvolume = 1;
  FileIds file_ids;
  mutable std::map<uint64_t, PoolUsage> usage;  // by the pool's id; a cache, see pools.h

  std::string identity = "MikroTik";
  std::string seed;        // random, kept for the life of the state directory
  std::string boot;        // random, new at each start and reboot
  int64_t booted = 0;      // seconds since the epoch
  bool exports_up = true;  // false in the minute after a reboot in which exports are not back yet
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_MACHINE_H_
