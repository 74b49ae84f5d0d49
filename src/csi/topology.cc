// SPDX-License-Identifier: Apache-2.0
#include "csi/topology.h"

#include <algorithm>

#include "csi.pb.h"

namespace rds_csi {

bool IsReachableFrom(const OptionalTopology& ours, const csi::v1::Topology& place) {
  if (!ours) return true;
  const auto segment = place.segments().find(ours->key);
  return segment != place.segments().end() && segment->second == ours->zone;
}

bool Satisfies(const OptionalTopology& ours, const csi::v1::TopologyRequirement& requirement) {
  return requirement.requisite().empty() ||
         std::ranges::any_of(requirement.requisite(), [&ours](const csi::v1::Topology& place) {
           return IsReachableFrom(ours, place);
         });
}

csi::v1::Topology ToProto(const TopologySegment& ours) {
  csi::v1::Topology topology;
  (*topology.mutable_segments())[ours.key] = ours.zone;
  return topology;
}

}  // namespace rds_csi
