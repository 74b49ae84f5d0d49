// SPDX-License-Identifier: Apache-2.0
// How often something may happen: `burst` times at once, and then once every `interval`.
#ifndef RDS_CSI_KUBE_TOKEN_BUCKET_H_
#define RDS_CSI_KUBE_TOKEN_BUCKET_H_

#include <algorithm>

#include "absl/time/time.h"

namespace rds_csi {

class TokenBucket {
 public:
  TokenBucket(int burst, absl::Duration interval) : interval_(interval), span_(interval * burst) {}

  // Whether it may happen at `now`; if so, it has. Times must not go back.
  bool Take(absl::Time now) {
    const absl::Time full_at = std::max(full_at_, now) + interval_;
    if (full_at > now + span_) return false;
    full_at_ = full_at;
    return true;
  }

  // Whether it is as if nothing had ever happened.
  bool IsFull(absl::Time now) const { return full_at_ <= now; }

 private:
  absl::Duration interval_;
  absl::Duration span_;
  absl::Time full_at_ = absl::InfinitePast();
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_TOKEN_BUCKET_H_
