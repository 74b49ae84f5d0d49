// SPDX-License-Identifier: Apache-2.0
#include "rds/kept_listing.h"

#include <utility>

namespace rds_csi {

void KeptListing::Keep(Listing listing, absl::Time now) {
  const std::lock_guard lock(mutex_);
  listing_ = std::move(listing);
  kept_at_ = now;
}

KeptListing::Listing KeptListing::Find(absl::Time now) {
  const std::lock_guard lock(mutex_);
  if (now - kept_at_ > kKept) listing_ = nullptr;
  return listing_;
}

void KeptListing::Forget() {
  const std::lock_guard lock(mutex_);
  listing_ = nullptr;
}

}  // namespace rds_csi
