// SPDX-License-Identifier: Apache-2.0
// Copies one file and keeps its holes.
#ifndef RDS_CSI_SIM_ROUTER_SPARSE_COPY_H_
#define RDS_CSI_SIM_ROUTER_SPARSE_COPY_H_

#include <string>

namespace rds_csi::sim {

// Shares the blocks where the filesystem can (a reflink), else copies the data and skips the holes.
// `to` must not exist. Returns 0 or an errno; on an error `to` is removed again.
int SparseCopy(const std::string& from, const std::string& to);

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_ROUTER_SPARSE_COPY_H_
