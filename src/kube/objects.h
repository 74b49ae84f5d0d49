// SPDX-License-Identifier: Apache-2.0
// What the driver reads of Kubernetes objects. The objects themselves stay JSON and whole; these
// are copies of the few members that count, each checked: a member of the wrong type or a missing
// one that must be there is INTERNAL, naming object and member, and never a default.
#ifndef RDS_CSI_KUBE_OBJECTS_H_
#define RDS_CSI_KUBE_OBJECTS_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kube/json.h"
#include "kube/resource.h"

namespace rds_csi {

struct ObjectMeta {
  ObjectName name;
  std::string uid;
  std::string resource_version;
  std::optional<absl::Time> created;
  std::optional<absl::Time> deleted;  // it is being deleted, and waits for its finalizers
};

// `kind` is for errors: "node".
absl::StatusOr<ObjectMeta> ReadMeta(const Json& object, std::string_view kind);

struct ClaimReference {
  ObjectName name;
  std::string uid;  // empty until it is bound
};

// A volume that some CSI driver provides.
struct CsiSource {
  std::string driver;
  std::string volume_handle;
  std::map<std::string, std::string> attributes;
};

struct PersistentVolume {
  ObjectMeta meta;
  std::string phase;             // "Available", "Bound", "Released", "Failed", "Pending"
  std::optional<CsiSource> csi;  // none: another kind of volume
  std::optional<ClaimReference> claim;
};

absl::StatusOr<PersistentVolume> ReadPersistentVolume(const Json& object);

struct PersistentVolumeClaim {
  ObjectMeta meta;
  std::string volume_name;  // of its PersistentVolume; empty until it is bound
};

absl::StatusOr<PersistentVolumeClaim> ReadPersistentVolumeClaim(const Json& object);

struct VolumeAttachment {
  ObjectMeta meta;
  std::string attacher;  // the driver's name
  std::string node;
  std::optional<std::string> volume_name;  // of the PersistentVolume; none for an inline volume
  bool attached = false;
};

absl::StatusOr<VolumeAttachment> ReadVolumeAttachment(const Json& object);

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_OBJECTS_H_
