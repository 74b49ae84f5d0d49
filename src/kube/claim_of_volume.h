// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_KUBE_CLAIM_OF_VOLUME_H_
#define RDS_CSI_KUBE_CLAIM_OF_VOLUME_H_

#include <optional>
#include <string>

#include "kube/api.h"
#include "kube/objects.h"
#include "observe/report.h"

namespace rds_csi {

// The PersistentVolume that `driver` provides as `volume_id`. It nearly always has that very name;
// where it does not, all are looked through. Errors are those of KubeApi.
absl::StatusOr<std::optional<PersistentVolume>> FindVolume(const KubeApi& api,
                                                           const std::string& driver,
                                                           const std::string& volume_id,
                                                           const Http::Until& until);

// The claim that a report is about, with its uid: the one it names, else the one that its volume is
// bound to. None: there is no such claim or volume (any more), or it is bound to none.
absl::StatusOr<std::optional<ClaimReference>> FindClaim(const KubeApi& api,
                                                        const std::string& driver,
                                                        const Report& report,
                                                        const Http::Until& until);

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_CLAIM_OF_VOLUME_H_
