// SPDX-License-Identifier: Apache-2.0
#include "sim/router/disk_table.h"

#include <utility>

namespace rds_csi::sim {

const Disk* DiskTable::Find(uint64_t id) const {
  const auto found = rows_.find(id);
  return found == rows_.end() ? nullptr : &found->second;
}

const Disk* DiskTable::FindIn(const Index& index, std::string_view key) const {
  const auto found = index.find(std::string(key));
  return found == index.end() ? nullptr : Find(found->second);
}

const Disk* DiskTable::FindSlot(std::string_view slot) const { return FindIn(by_slot_, slot); }
const Disk* DiskTable::FindFile(std::string_view path) const { return FindIn(by_file_, path); }
const Disk* DiskTable::FindExport(std::string_view nqn) const { return FindIn(by_export_, nqn); }

void DiskTable::AddToIndexes(const Disk& disk) {
  by_slot_[disk.slot] = disk.id;
  if (disk.is_file()) {
    by_file_[disk.file_path] = disk.id;
  } else {
    pools_.insert(disk.id);
  }
  if (disk.nvme_export) by_export_[disk.nqn()] = disk.id;
}

void DiskTable::DropFromIndexes(const Disk& disk) {
  by_slot_.erase(disk.slot);
  if (disk.is_file()) by_file_.erase(disk.file_path);
  pools_.erase(disk.id);
  if (disk.nvme_export) by_export_.erase(disk.nqn());
}

uint64_t DiskTable::Insert(Disk disk) {
  if (disk.id == 0) disk.id = next_id_;
  next_id_ = std::max(next_id_, disk.id + 1);
  const uint64_t id = disk.id;
  AddToIndexes(disk);
  rows_[id] = std::move(disk);
  return id;
}

void DiskTable::Replace(Disk disk) {
  Disk& row = rows_.at(disk.id);
  DropFromIndexes(row);
  row = std::move(disk);
  AddToIndexes(row);
}

void DiskTable::Erase(uint64_t id) {
  const auto found = rows_.find(id);
  if (found == rows_.end()) return;
  DropFromIndexes(found->second);
  rows_.erase(found);
}

}  // namespace rds_csi::sim
