// SPDX-License-Identifier: Apache-2.0
#include "kube/claim_of_volume.h"

#include "base/status.h"

namespace rds_csi {
namespace {

bool Provides(const PersistentVolume& volume, const std::string& driver,
              const std::string& volume_id) {
  return volume.csi && volume.csi->driver == driver && volume.csi->volume_handle == volume_id;
}

// None: no object of that name, or no name at all.
absl::StatusOr<std::optional<PersistentVolume>> VolumeNamed(const KubeApi& api,
                                                            const std::string& name,
                                                            const Http::Until& until) {
  const auto object = api.Get(kPersistentVolumes, {"", name}, until);
  if (absl::IsNotFound(object.status())) return std::nullopt;
  RETURN_IF_ERROR(object.status());
  return ReadPersistentVolume(*object);
}

absl::StatusOr<std::optional<PersistentVolume>> SearchAll(const KubeApi& api,
                                                          const std::string& driver,
                                                          const std::string& volume_id,
                                                          const Http::Until& until) {
  std::optional<PersistentVolume> found;
  const ListSink sink{[&found] { found.reset(); },
                      [&](const Json& object) -> absl::Status {
                        ASSIGN_OR_RETURN(PersistentVolume volume, ReadPersistentVolume(object));
                        if (Provides(volume, driver, volume_id)) found = std::move(volume);
                        return absl::OkStatus();
                      }};
  RETURN_IF_ERROR(api.List(kPersistentVolumes, "", {}, sink, until).status());
  return found;
}

absl::StatusOr<std::optional<ClaimReference>> ClaimNamed(const KubeApi& api, const ClaimName& name,
                                                         const Http::Until& until) {
  const auto object = api.Get(kPersistentVolumeClaims, {name.name_space, name.name}, until);
  if (absl::IsNotFound(object.status())) return std::nullopt;
  RETURN_IF_ERROR(object.status());
  ASSIGN_OR_RETURN(const PersistentVolumeClaim claim, ReadPersistentVolumeClaim(*object));
  return ClaimReference{claim.meta.name, claim.meta.uid};
}

}  // namespace

absl::StatusOr<std::optional<PersistentVolume>> FindVolume(const KubeApi& api,
                                                           const std::string& driver,
                                                           const std::string& volume_id,
                                                           const Http::Until& until) {
  ASSIGN_OR_RETURN(auto named, VolumeNamed(api, volume_id, until));
  if (named && Provides(*named, driver, volume_id)) return named;
  return SearchAll(api, driver, volume_id, until);
}

absl::StatusOr<std::optional<ClaimReference>> FindClaim(const KubeApi& api,
                                                        const std::string& driver,
                                                        const Report& report,
                                                        const Http::Until& until) {
  if (!report.claim.name.empty()) return ClaimNamed(api, report.claim, until);
  ASSIGN_OR_RETURN(const auto volume, FindVolume(api, driver, report.volume_id, until));
  if (!volume || !volume->claim) return std::nullopt;
  if (!volume->claim->uid.empty()) return volume->claim;
  const ObjectName& name = volume->claim->name;  // Wanted for that claim, and not bound yet.
  return ClaimNamed(api, {name.name_space, name.name}, until);
}

}  // namespace rds_csi
