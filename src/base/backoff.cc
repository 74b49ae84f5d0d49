// SPDX-License-Identifier: Apache-2.0
#include "base/backoff.h"

#include <algorithm>

namespace rds_csi {

Backoff::Backoff(absl::Duration first, absl::Duration ceiling, unsigned seed)
    : next_(first), ceiling_(ceiling), random_(seed) {}

absl::Duration Backoff::Next() {
  const absl::Duration base = std::min(next_, ceiling_);
  next_ = std::min(next_ * 2, ceiling_);
  return base * std::uniform_real_distribution<double>(0.75, 1.0)(random_);
}

}  // namespace rds_csi
