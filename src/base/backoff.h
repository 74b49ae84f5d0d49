// SPDX-License-Identifier: Apache-2.0
// How long to wait before the next try: doubling, up to a ceiling, with jitter, so that many
// clients that failed together do not come back together.
#ifndef RDS_CSI_BASE_BACKOFF_H_
#define RDS_CSI_BASE_BACKOFF_H_

#include <random>

#include "absl/time/time.h"

namespace rds_csi {

class Backoff {
 public:
  // Waits lie within [3/4, 1] of first, 2*first, 4*first … ceiling. `seed` picks the jitter.
  Backoff(absl::Duration first, absl::Duration ceiling, unsigned seed);

  absl::Duration Next();

 private:
  absl::Duration next_;
  absl::Duration ceiling_;
  std::minstd_rand random_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_BASE_BACKOFF_H_
