// SPDX-License-Identifier: Apache-2.0
// Pools: which one a path is on, and how much of it is free.
#ifndef RDS_CSI_SIM_ROUTER_POOLS_H_
#define RDS_CSI_SIM_ROUTER_POOLS_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "sim/router/machine.h"

namespace rds_csi::sim {

// The mounted pool whose mount point a path such as "/storage-pool/x" starts with, or null.
const Disk* PoolOf(const Machine& machine, std::string_view path);

// What `free` shows: the size less what the files occupy. With preallocated files that is their
// whole size; sparse ones occupy what was written. It follows removals and growth at once; what
// hosts write shows within a few milliseconds, with ten thousand files within a second or two.
uint64_t FreeBytes(const Machine& machine, const Disk& pool);

// Whether a file may grow from `old_size` (0: it is new) to `new_size`. "failure: not enough space"
// when not: a sparse file must only be no bigger than its pool.
absl::Status CheckSpace(const Machine& machine, std::string_view path, uint64_t old_size,
                        uint64_t new_size);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_POOLS_H_
