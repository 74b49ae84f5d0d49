// SPDX-License-Identifier: Apache-2.0
#include "kube/objects.h"

#include <fmt/format.h>

#include "base/status.h"
#include "base/text.h"

namespace rds_csi {
namespace {

// "node worker-1": what an error is about, as far as the object says.
std::string Title(const Json& object, std::string_view kind) {
  const auto name = FieldReader(object, "").StringOrEmpty("metadata.name");
  return fmt::format("{} {}", kind, name.ok() ? Quoted(*name) : "without a name");
}

FieldReader Fields(const Json& object, std::string_view kind) {
  return FieldReader(object, Title(object, kind));
}

absl::StatusOr<std::map<std::string, std::string>> TextMap(const FieldReader& fields,
                                                           std::string_view path) {
  std::map<std::string, std::string> map;
  ASSIGN_OR_RETURN(const Json* const object, fields.ObjectIfThere(path));
  if (object == nullptr) return map;
  for (const auto& [key, value] : object->items()) {
    if (!value.is_string()) return fields.Wrong(path, "holds something else than text");
    map.emplace(key, value.get<std::string>());
  }
  return map;
}

absl::StatusOr<std::optional<CsiSource>> ReadCsiSource(const FieldReader& fields) {
  ASSIGN_OR_RETURN(const Json* const there, fields.ObjectIfThere("spec.csi"));
  if (there == nullptr) return std::nullopt;
  CsiSource csi;
  ASSIGN_OR_RETURN(csi.driver, fields.String("spec.csi.driver"));
  ASSIGN_OR_RETURN(csi.volume_handle, fields.String("spec.csi.volumeHandle"));
  ASSIGN_OR_RETURN(csi.attributes, TextMap(fields, "spec.csi.volumeAttributes"));
  return csi;
}

absl::StatusOr<std::optional<ClaimReference>> ReadClaimReference(const FieldReader& fields) {
  ASSIGN_OR_RETURN(const Json* const there, fields.ObjectIfThere("spec.claimRef"));
  if (there == nullptr) return std::nullopt;
  ClaimReference claim;
  ASSIGN_OR_RETURN(claim.name.name_space, fields.String("spec.claimRef.namespace"));
  ASSIGN_OR_RETURN(claim.name.name, fields.String("spec.claimRef.name"));
  ASSIGN_OR_RETURN(claim.uid, fields.StringOrEmpty("spec.claimRef.uid"));
  return claim;
}

}  // namespace

absl::StatusOr<ObjectMeta> ReadMeta(const Json& object, std::string_view kind) {
  const FieldReader fields = Fields(object, kind);
  ObjectMeta meta;
  ASSIGN_OR_RETURN(meta.name.name, fields.String("metadata.name"));
  ASSIGN_OR_RETURN(meta.name.name_space, fields.StringOrEmpty("metadata.namespace"));
  ASSIGN_OR_RETURN(meta.uid, fields.String("metadata.uid"));
  ASSIGN_OR_RETURN(meta.resource_version, fields.String("metadata.resourceVersion"));
  ASSIGN_OR_RETURN(meta.created, fields.TimeIfThere("metadata.creationTimestamp"));
  ASSIGN_OR_RETURN(meta.deleted, fields.TimeIfThere("metadata.deletionTimestamp"));
  return meta;
}

absl::StatusOr<PersistentVolume> ReadPersistentVolume(const Json& object) {
  PersistentVolume volume;
  ASSIGN_OR_RETURN(volume.meta, ReadMeta(object, "persistent volume"));
  const FieldReader fields = Fields(object, "persistent volume");
  ASSIGN_OR_RETURN(volume.phase, fields.StringOrEmpty("status.phase"));
  ASSIGN_OR_RETURN(volume.csi, ReadCsiSource(fields));
  ASSIGN_OR_RETURN(volume.claim, ReadClaimReference(fields));
  return volume;
}

absl::StatusOr<PersistentVolumeClaim> ReadPersistentVolumeClaim(const Json& object) {
  PersistentVolumeClaim claim;
  ASSIGN_OR_RETURN(claim.meta, ReadMeta(object, "claim"));
  const FieldReader fields = Fields(object, "claim");
  ASSIGN_OR_RETURN(claim.volume_name, fields.StringOrEmpty("spec.volumeName"));
  return claim;
}

absl::StatusOr<VolumeAttachment> ReadVolumeAttachment(const Json& object) {
  VolumeAttachment attachment;
  ASSIGN_OR_RETURN(attachment.meta, ReadMeta(object, "volume attachment"));
  const FieldReader fields = Fields(object, "volume attachment");
  ASSIGN_OR_RETURN(attachment.attacher, fields.String("spec.attacher"));
  ASSIGN_OR_RETURN(attachment.node, fields.String("spec.nodeName"));
  ASSIGN_OR_RETURN(const std::string volume,
                   fields.StringOrEmpty("spec.source.persistentVolumeName"));
  if (!volume.empty()) attachment.volume_name = volume;
  ASSIGN_OR_RETURN(attachment.attached, fields.BoolOrFalse("status.attached"));
  return attachment;
}

}  // namespace rds_csi
