// SPDX-License-Identifier: Apache-2.0
// What was told to Kubernetes lately, so that the same thing again becomes one event with a higher
// count, and nobody floods anybody.
#ifndef RDS_CSI_KUBE_RECENT_EVENTS_H_
#define RDS_CSI_KUBE_RECENT_EVENTS_H_

#include <cstddef>
#include <map>
#include <string>
#include <tuple>

#include "kube/resource.h"
#include "kube/token_bucket.h"
#include "observe/report.h"

namespace rds_csi {

struct EventLimits {
  absl::Duration series = absl::Minutes(10);          // the same again within this joins the series
  int claim_burst = 10;                               // events on one claim at once …
  absl::Duration claim_interval = absl::Seconds(30);  // … and then one in so long
  int total_burst = 50;                               // and the same for all together
  absl::Duration total_interval = absl::Milliseconds(500);
};

// Reports of the same reason, volume, claim and message: one event.
struct EventSeries {
  ObjectName event;      // empty name: not known to be there
  std::string new_name;  // while it is being created, however often that is tried
  int count = 0;         // how often it was reported
  absl::Time last;
};

// Used by one thread.
class RecentEvents {
 public:
  explicit RecentEvents(const EventLimits& limits)
      : limits_(limits), total_(limits.total_burst, limits.total_interval) {}

  // Counts the report in its series. Null: too many of this claim, or of all, are told already;
  // what was counted is told with the next one. The pointer holds until the next call.
  EventSeries* Admit(const Report& report, absl::Time now);

  // How much is remembered of what was told lately.
  size_t size() const { return series_.size() + by_volume_.size(); }

 private:
  using Volume = std::tuple<std::string, std::string, std::string>;
  using Key = std::tuple<Volume, Reason, std::string>;

  void Forget(absl::Time now);

  const EventLimits limits_;
  TokenBucket total_;
  std::map<Volume, TokenBucket> by_volume_;
  std::map<Key, EventSeries> series_;
  absl::Time forgotten_at_ = absl::InfinitePast();
};

}  // namespace rds_csi

#endif  // RDS_CSI_KUBE_RECENT_EVENTS_H_
