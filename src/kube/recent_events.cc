// SPDX-License-Identifier: Apache-2.0
#include "kube/recent_events.h"

namespace rds_csi {
namespace {

constexpr absl::Duration kBetweenForgetting = absl::Minutes(1);

}  // namespace

EventSeries* RecentEvents::Admit(const Report& report, absl::Time now) {
  Forget(now);
  const Volume volume{report.volume_id, report.claim.name_space, report.claim.name};
  EventSeries& series = series_[{volume, report.reason, report.message}];
  if (now - series.last > limits_.series) series = EventSeries();
  ++series.count;
  series.last = now;
  const TokenBucket full(limits_.claim_burst, limits_.claim_interval);
  // Asked in this order, a claim that tells too much takes nothing from the others.
  if (!by_volume_.try_emplace(volume, full).first->second.Take(now)) return nullptr;
  return total_.Take(now) ? &series : nullptr;
}

void RecentEvents::Forget(absl::Time now) {
  if (now - forgotten_at_ < kBetweenForgetting) return;
  forgotten_at_ = now;
  std::erase_if(series_, [&](const auto& e) { return now - e.second.last > limits_.series; });
  std::erase_if(by_volume_, [&](const auto& e) { return e.second.IsFull(now); });
}

}  // namespace rds_csi
