// SPDX-License-Identifier: Apache-2.0
// The kinds of objects that the driver asks for, and the paths they have at the API server.
#ifndef RDS_CSI_KUBE_RESOURCE_H_
#define RDS_CSI_KUBE_RESOURCE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rds_csi {

struct Resource {
  std::string_view group_version;  // "v1", "storage.k8s.io/v1"
  std::string_view plural;         // "nodes"
  bool namespaced = false;
};

inline constexpr Resource kNodes = {"v1", "nodes", false};
inline constexpr Resource kPersistentVolumes = {"v1", "persistentvolumes", false};
inline constexpr Resource kPersistentVolumeClaims = {"v1", "persistentvolumeclaims", true};
inline constexpr Resource kEvents = {"v1", "events", true};
inline constexpr Resource kVolumeAttachments = {"storage.k8s.io/v1", "volumeattachments", false};

struct ObjectName {
  std::string name_space;  // empty for what has none
  std::string name;
  friend auto operator<=>(const ObjectName&, const ObjectName&) = default;
};

// For texts: "nodes worker-1", "events default/pvc-1.17"; without a name "nodes", "events in
// default".
std::string Describe(const Resource& resource, const ObjectName& name);

// "/api/v1/nodes", "/apis/storage.k8s.io/v1/volumeattachments", "/api/v1/namespaces/ns/events". An
// empty `name_space` of a resource that has one: of all of them.
// INVALID_ARGUMENT: the name space cannot be one ([a-z0-9-], at most 63 characters).
absl::StatusOr<std::string> CollectionPath(const Resource& resource, std::string_view name_space);

// The collection's path and the object's name. INVALID_ARGUMENT also: a name that cannot be one
// ([A-Za-z0-9._:-], 1..253 characters, not "." and not ".."), or the name space is missing.
absl::StatusOr<std::string> ObjectPath(const Resource& resource, const ObjectName& name);

// `text` with everything but [A-Za-z0-9._~-] as %XX, for the value of a query.
std::string EscapeQuery(std::string_view text);

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_RESOURCE_H_
