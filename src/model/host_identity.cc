// SPDX-License-Identifier: Apache-2.0
#include "model/host_identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

constexpr std::string_view kHostNqnPrefix = "nqn.2014-08.org.nvmexpress:uuid:";
constexpr std::string_view kUuidShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

// Each part with its length in front, so that no two lists of parts are joined to the same text.
std::string JoinUnambiguously(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) joined += fmt::format("{}:{},", part.size(), part);
  return joined;
}

HostIdentity WithId(const std::string& id) {
  return {.nqn = std::string(kHostNqnPrefix) + id, .id = id};
}

bool IsUuid(std::string_view text) {
  return std::equal(text.begin(), text.end(), kUuidShape.begin(), kUuidShape.end(),
                    [](char c, char shape) {
                      if (shape == '-') return c == '-';
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                    });
}

}  // namespace

std::string NewIncarnation() { return RandomHex(kIncarnationDigits); }

HostIdentity AttachmentIdentity(std::string_view cluster_id, const NodeId& node,
                                const VolumeId& volume, std::string_view incarnation,
                                int64_t generation) {
  const std::string who =
      NameUuid(JoinUnambiguously({"attachment", cluster_id, node.str(), volume.str()}));
  return WithId(fmt::format("{}8{}-8{}-{}{:07x}", who.substr(0, 14), who.substr(15, 3),
                            incarnation.substr(0, 3), incarnation.substr(3), generation));
}

HostIdentity NodeIdentity(std::string_view cluster_id, const NodeId& node) {
  return WithId(NameUuid(JoinUnambiguously({"node", cluster_id, node.str()})));
}

std::optional<OwnHost> FindOwnHost(std::string_view cluster_id, const NodeId& node,
                                   const VolumeId& volume, std::string_view host_nqn) {
  const HostIdentity itself = NodeIdentity(cluster_id, node);
  if (host_nqn == itself.nqn) return OwnHost{.identity = itself, .generation = 0};
  const std::string id(host_nqn.substr(std::min(host_nqn.size(), kHostNqnPrefix.size())));
  if (!IsUuid(id)) return std::nullopt;
  const std::string incarnation = id.substr(20, 3) + id.substr(24, 5);
  const auto generation = static_cast<int64_t>(std::stoull(id.substr(29), nullptr, 16));
  const HostIdentity ours = AttachmentIdentity(cluster_id, node, volume, incarnation, generation);
  if (generation == 0 || host_nqn != ours.nqn) return std::nullopt;
  return OwnHost{.identity = ours, .generation = generation};
}

absl::StatusOr<HostIdentity> ParseHostIdentity(std::string_view nqn, std::string_view id) {
  if (!IsUuid(id)) {
    return Error(absl::StatusCode::kInvalidArgument,
                 fmt::format("host_id: {} is not a UUID in lower case", Quoted(id)));
  }
  if (nqn != std::string(kHostNqnPrefix).append(id)) {
    return Error(absl::StatusCode::kInvalidArgument,
                 fmt::format("host_nqn: {} is not {}{}", Quoted(nqn), kHostNqnPrefix, id));
  }
  return HostIdentity{.nqn = std::string(nqn), .id = std::string(id)};
}

}  // namespace rds_csi
