// SPDX-License-Identifier: Apache-2.0
#include "sim/router/pools.h"

#include <algorithm>

#include "sim/router/trap.h"

namespace rds_csi::sim {
namespace {

bool Preallocated(const Machine& machine) {
  return machine.switches.Is("file-allocation", "preallocated");
}

uint64_t CountBytes(const Machine& machine, const Disk& pool) {
  const bool preallocated = Preallocated(machine);
  uint64_t used = 0;
  for (const FileInfo& file : machine.files.ListBelow("/" + pool.slot)) {
    used += preallocated ? file.size : file.allocated;
  }
  return used;
}

uint64_t UsedBytes(const Machine& machine, const Disk& pool) {
  // A new sparse file occupies nothing, so it does not make the old count wrong.
  const bool preallocated = Preallocated(machine);
  const uint64_t changes =
      preallocated ? machine.files.changes() : machine.files.changes_but_creations();
  PoolUsage& usage = machine.usage[pool.id];
  const auto start = std::chrono::steady_clock::now();
  const bool same = usage.changes == changes && usage.preallocated == preallocated;
  if (same && start < usage.good_until) return usage.bytes;
  usage.bytes = CountBytes(machine, pool);
  usage.changes = changes;
  usage.preallocated = preallocated;
  const auto end = std::chrono::steady_clock::now();
  usage.good_until = end + 20 * (end - start);
  return usage.bytes;
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
