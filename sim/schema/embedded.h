// SPDX-License-Identifier: Apache-2.0
// The command trees as they were compiled in; embedded.cc is written by CMake from *.json.
#ifndef RDS_CSI_SIM_SCHEMA_EMBEDDED_H_
#define RDS_CSI_SIM_SCHEMA_EMBEDDED_H_

#include <span>
#include <string_view>

namespace rds_csi::sim {

struct EmbeddedTree {
  std::string_view version;
  std::string_view json;
};

// Oldest version first.
std::span<const EmbeddedTree> EmbeddedTrees();

}  // namespace rds_csi::sim

#endif  // RDS_CSI_SIM_SCHEMA_EMBEDDED_H_
