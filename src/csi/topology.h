// SPDX-License-Identifier: Apache-2.0
// Where the RDS can be reached from, for clusters that span several places: one label that every
// node of the place carries. Without it, volumes are said to be reachable from every node.
#ifndef RDS_CSI_CSI_TOPOLOGY_H_
#define RDS_CSI_CSI_TOPOLOGY_H_

#include <optional>
#include <string>

namespace csi::v1 {
class Topology;
class TopologyRequirement;
}  // namespace csi::v1

namespace rds_csi {

struct TopologySegment {
  std::string key;   // "topology.<driver name>/zone"
  std::string zone;  // a label's value
  friend bool operator==(const TopologySegment&, const TopologySegment&) = default;
};

// none: topology is off.
using OptionalTopology = std::optional<TopologySegment>;

// Whether `place` is in our zone; always while topology is off.
bool IsReachableFrom(const OptionalTopology& ours, const csi::v1::Topology& place);

// Whether one of the requisite places is, or none is required.
bool Satisfies(const OptionalTopology& ours, const csi::v1::TopologyRequirement& requirement);

// Our zone as CSI writes it. Needs `ours`.
csi::v1::Topology ToProto(const TopologySegment& ours);

}  // namespace rds_csi

#endif  // RDS_CSI_CSI_TOPOLOGY_H_
