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

HostIdentity IdentityOf(const std::string& name) {
  const std::string id = NameUuid(name);
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

HostIdentity AttachmentIdentity(std::string_view cluster_id, const NodeId& node,
                                const VolumeId& volume, int64_t generation) {
  return IdentityOf(JoinUnambiguously(
      {"attachment", cluster_id, node.str(), volume.str(), fmt::to_string(generation)}));
}

HostIdentity NodeIdentity(std::string_view cluster_id, const NodeId& node) {
  return IdentityOf(JoinUnambiguously({"node", cluster_id, node.str()}));
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
