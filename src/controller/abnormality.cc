// SPDX-License-Identifier: Apache-2.0
#include "controller/abnormality.h"

#include <fmt/format.h>

#include "base/text.h"
#include "controller/admit.h"

namespace rds_csi {

std::optional<Abnormality> FindAbnormality(const RdsVolumes& volumes, const Volume& volume) {
  if (!volume.ledger || volumes.Shows(volume, FenceOf(*volume.ledger))) return std::nullopt;
  if (volume.ledger->attachments.empty()) {
    return Abnormality{"ExportedUnattached", "it is exported although it is not attached"};
  }
  if (!volume.disk.exported) {
    return Abnormality{"NotExported", "it is attached but not exported", /*inaccessible=*/true};
  }
  const std::string& hosts = volume.disk.allow_host;
  return Abnormality{"WrongHostAdmitted",
                     fmt::format("it is attached, but its export admits {}",
                                 hosts.empty() ? "everybody" : Quoted(hosts)),
                     /*inaccessible=*/true};
}

}  // namespace rds_csi
