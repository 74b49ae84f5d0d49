// SPDX-License-Identifier: Apache-2.0
#include "sim/router/pools.h"

#include <algorithm>

#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

bool Preallocated(const Machine& machine) {
  return machine.switches.Is("file-allocation", "preallocated");
}

uint64_t UsedBytes(const Machine& machine, const Disk& pool) {
  const std::string mount_point = "/" + pool.slot;
  if (!Preallocated(machine)) return machine.files.AllocatedBelow(mount_point);
  uint64_t used = 0;
  for (const FileInfo& file : machine.files.ListBelow(mount_point)) used += file.size;
  return used;
}

}  // namespace

const Disk* PoolOf(const Machine& machine, std::string_view path) {
  if (path.empty() || path.front() != '/') return nullptr;
  const std::string_view name = path.substr(1, path.find('/', 1) - 1);
  const Disk* pool = machine.disks.FindSlot(name);
  return pool == nullptr || pool->is_file() || !pool->mounted ? nullptr : pool;
}

uint64_t FreeBytes(const Machine& machine, const Disk& pool) {
  if (pool.full || !pool.mounted) return 0;
  return pool.size - std::min(pool.size, UsedBytes(machine, pool));
}

absl::Status CheckSpace(const Machine& machine, std::string_view path, uint64_t old_size,
                        uint64_t new_size) {
  const Disk* pool = PoolOf(machine, path);
  if (pool == nullptr) return Failure("no such file or directory");
  if (new_size <= old_size) return absl::OkStatus();
  const uint64_t room = Preallocated(machine) ? FreeBytes(machine, *pool) + old_size : pool->size;
  if (pool->full || new_size > room) return Failure("not enough space");
  return absl::OkStatus();
}

}  // namespace rds_csi::sim
