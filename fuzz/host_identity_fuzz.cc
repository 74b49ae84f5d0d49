// SPDX-License-Identifier: Apache-2.0
// ParseHostIdentity ("nqn|id"): what is taken is one UUID twice, unchanged.
#include "fuzz/fuzz.h"
#include "model/host_identity.h"

using namespace rds_csi;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Text(data, size);
  const size_t bar = text.find('|');
  if (bar == std::string_view::npos) return 0;
  const std::string_view nqn = text.substr(0, bar);
  const std::string_view id = text.substr(bar + 1);
  const absl::StatusOr<HostIdentity> host = ParseHostIdentity(nqn, id);
  if (!host.ok()) return 0;
  Require(host->nqn == nqn && host->id == id, "it is taken unchanged");
  Require(host->id.size() == 36 && nqn.ends_with(id), "the NQN ends in the UUID");
  Require(IsPlain(host->nqn), "the NQN is plain text");
  const NodeId node = *NodeId::Parse("worker-1");
  const VolumeId volume = *VolumeId::Parse("pvc-1");
  const std::optional<OwnHost> own = FindOwnHost("home", node, volume, nqn);
  if (!own) return 0;
  Require(own->identity == *host, "it is the host that was asked for");
  Require(own->generation >= 0 && own->generation <= kLastGeneration, "a generation");
  return 0;
}
