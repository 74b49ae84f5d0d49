// SPDX-License-Identifier: Apache-2.0
// The rows of /disk in their order, found by id, slot, file and NQN without walking them.
#ifndef RDS_CSI_SIM_ROUTER_DISK_TABLE_H_
#define RDS_CSI_SIM_ROUTER_DISK_TABLE_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sim/router/disk.h"

namespace rds_csi::sim {

class DiskTable {
 public:
  using Rows = std::map<uint64_t, Disk>;

  const Rows& rows() const { return rows_; }

  // The ids of the rows that are pools.
  const std::set<uint64_t>& pools() const { return pools_; }

  const Disk* Find(uint64_t id) const;
  const Disk* FindSlot(std::string_view slot) const;
  const Disk* FindFile(std::string_view file_path) const;
  // The exported disk of that NQN.
  const Disk* FindExport(std::string_view nqn) const;

  // Adds a row and returns its id. Ids grow and are never given twice. The caller has made sure
  // that slot and file are free. A row with an id (from the state file) keeps it.
  uint64_t Insert(Disk disk);
  // Replaces the row with that id.
  void Replace(Disk disk);
  void Erase(uint64_t id);

  uint64_t next_id() const { return next_id_; }
  void ReserveIds(uint64_t next) { next_id_ = std::max(next_id_, next); }

 private:
  using Index = std::unordered_map<std::string, uint64_t>;

  void AddToIndexes(const Disk& disk);
  void DropFromIndexes(const Disk& disk);
  const Disk* FindIn(const Index& index, std::string_view key) const;

  Rows rows_;
  Index by_slot_;
  Index by_file_;
  Index by_export_;
  std::set<uint64_t> pools_;
  uint64_t next_id_ = 1;
};

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_DISK_TABLE_H_
