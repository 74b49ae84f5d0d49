// SPDX-License-Identifier: Apache-2.0
// A cache: one listing of the RDS for all pages of a ListVolumes, so that they are of one moment
// and ask the RDS once. Losing it costs one listing, nothing else.
#ifndef RDS_CSI_RDS_KEPT_LISTING_H_
#define RDS_CSI_RDS_KEPT_LISTING_H_

#include <memory>
#include <mutex>

#include "absl/time/time.h"
#include "rds/volumes.h"

namespace rds_csi {

class KeptListing {
 public:
  using Listing = std::shared_ptr<const RdsVolumes::Listing>;

  // For so long after its first page; whoever asks for more later gets it from a new one.
  static constexpr absl::Duration kKept = absl::Seconds(30);

  // In place of the one before.
  void Keep(Listing listing, absl::Time now);

  // Null: there is none, or it is older than kKept and forgotten from now on.
  Listing Find(absl::Time now);

  // The last page was given.
  void Forget();

 private:
  std::mutex mutex_;  // of all below
  Listing listing_;
  absl::Time kept_at_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_RDS_KEPT_LISTING_H_
