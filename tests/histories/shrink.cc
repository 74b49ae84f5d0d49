// SPDX-License-Identifier: Apache-2.0
#include "shrink.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "run.h"

namespace rds_csi::world::histories {
namespace {

// What kind of breach it is: its words without numbers.
std::string KindOf(const std::string& breach) {
  std::string kind;
  std::ranges::copy_if(breach.substr(0, 60), std::back_inserter(kind),
                       [](char c) { return c < '0' || c > '9'; });
  return kind;
}

class Shrinking {
 public:
  Shrinking(Plan plan, absl::Duration time) : plan_(std::move(plan)), end_(absl::Now() + time) {
    kind_ = KindOf(Play(plan_).breaches.at(0));
  }

  Plan Result() {
    while (CutEvents() || CutVolumes() || CutWorkers() || CutAnchors()) {
    }
    return plan_;
  }

 private:
  bool Accept(const Plan& shorter) {
    if (absl::Now() > end_) return false;
    const Outcome outcome = Play(shorter);
    if (outcome.breaches.empty() || KindOf(outcome.breaches[0]) != kind_) return false;
    plan_ = shorter;
    return true;
  }

  // Half of them at once, then a quarter …, then each alone.
  bool CutEvents() {
    bool cut = false;
    for (size_t chunk = plan_.events.size(); chunk > 0; chunk /= 2) {
      for (size_t begin = 0; begin < plan_.events.size();) {
        Plan shorter = plan_;
        const size_t end = std::min(begin + chunk, plan_.events.size());
        shorter.events.erase(shorter.events.begin() + static_cast<long>(begin),
                             shorter.events.begin() + static_cast<long>(end));
        Accept(shorter) ? cut = true : begin += chunk;
      }
    }
    return cut;
  }

  bool CutVolumes() {
    if (plan_.volumes.size() == 1) return false;
    Plan shorter = plan_;
    shorter.volumes.pop_back();
    const int last = static_cast<int>(plan_.volumes.size());
    std::erase_if(shorter.events, [&](const Event& event) { return event.volume == last; });
    return Accept(shorter);
  }

  bool CutWorkers() {
    if (plan_.workers == 1) return false;
    Plan shorter = plan_;
    std::erase_if(shorter.events,
                  [&](const Event& event) { return event.worker == plan_.workers; });
    --shorter.workers;
    return Accept(shorter);
  }

  bool CutAnchors() {
    if (plan_.anchor_seconds == 0) return false;
    Plan shorter = plan_;
    shorter.anchor_seconds = 0;
    return Accept(shorter);
  }

  Plan plan_;
  std::string kind_;
  const absl::Time end_;
};

}  // namespace

Plan Shrunk(Plan plan, absl::Duration time) { return Shrinking(std::move(plan), time).Result(); }

}  // namespace rds_csi::world::histories
