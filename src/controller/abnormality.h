// SPDX-License-Identifier: Apache-2.0
#ifndef RDS_CSI_CONTROLLER_ABNORMALITY_H_
#define RDS_CSI_CONTROLLER_ABNORMALITY_H_

#include <optional>
#include <string>
#include <string_view>

#include "rds/volumes.h"

namespace rds_csi {

// Where export and ledger of a volume do not agree: somebody changed one of them by hand, or a
// command came late. While a volume is attached or detached it may be so for a moment.
struct Abnormality {
  std::string_view reason;    // one word, for machines: "NotExported"
  std::string message;        // for people
  bool inaccessible = false;  // its node cannot reach it; else it can, though something is wrong
};

// None of a volume without ledger: it has nothing to agree with. No round trip.
std::optional<Abnormality> FindAbnormality(const RdsVolumes& volumes, const Volume& volume);

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_ABNORMALITY_H_
