// SPDX-License-Identifier: Apache-2.0
#include "run.h"

#include <algorithm>

#include "by_hand.h"
#include "callers.h"
#include "datacenter.h"
#include "happenings.h"
#include "objects.h"
#include "pods.h"
#include "snapshot.h"

namespace rds_csi::world::histories {
namespace {

constexpr absl::Duration kQuiet = absl::Minutes(40);  // longer than all patience and pauses

Objects ObjectsOf(const Plan& plan) {
  Objects objects;
  objects.volumes.resize(plan.volumes.size());
  for (Volume& volume : objects.volumes) volume.at.resize(static_cast<size_t>(plan.workers));
  return objects;
}

class History {
 public:
  History(const Plan& plan, bool told)
      : plan_(plan),
        story_(told),
        objects_(ObjectsOf(plan)),
        datacenter_(plan, story_),
        callers_(datacenter_, objects_),
        pods_(datacenter_, objects_),
        before_(SnapshotOf(datacenter_.site())) {
    datacenter_.on_power_off = [this](int worker) { callers_.Rebooted(worker); };
    callers_.Start();
    pods_.Start();
  }

  ~History() { datacenter_.schedule().Stop(); }
  History(const History&) = delete;

  Outcome Play() {
    ++story_.counts.histories;
    const absl::Time begin = datacenter_.schedule().now();
    absl::Time end = begin;
    for (const Event& event : plan_.events) {
      RunUntil(begin + absl::Seconds(event.at));
      if (IsBroken()) return Result();
      Happen(datacenter_, objects_, event);
      end = std::max(end, begin + absl::Seconds(event.at + event.seconds));
    }
    RunUntil(end + kQuiet);
    if (!IsBroken()) CheckWishes();
    if (IsBroken()) return Result();
    DeleteAll();
    RunUntil(datacenter_.schedule().now() + kQuiet);
    if (!IsBroken()) CheckNothingIsLeft();
    return Result();
  }

 private:
  bool IsBroken() { return !datacenter_.site().breaches().empty(); }

  // In steps, so that a broken history ends soon.
  void RunUntil(absl::Time end) {
    Schedule& schedule = datacenter_.schedule();
    while (schedule.now() < end && !IsBroken()) {
      schedule.RunUntil(std::min(end, schedule.now() + absl::Seconds(10)));
    }
  }

  Outcome Result() { return {datacenter_.site().breaches(), story_.lines(), story_.counts}; }

  void CheckWishes() {
    for (int number = 1; number <= datacenter_.volumes(); ++number) {
      Volume& volume = objects_.volume(number);
      if (volume.wanted != (volume.created == Belief::kYes)) {
        datacenter_.Breach(fmt::format("pvc-{} is {}wanted, and it is {}there", number,
                                       volume.wanted ? "" : "not ",
                                       volume.created == Belief::kYes ? "" : "not "));
      }
      for (int worker = 1; worker <= plan_.workers; ++worker) CheckPods(number, worker);
    }
  }

  // An mkfs that was cut off, and another node got the volume: it is left as it is
  // (docs/safety.md).
  bool IsHalfFormatted(int number) {
    const Claim& claim = datacenter_.claim(number);
    const std::string& contents = datacenter_.site().network().Contents(claim.id.Nqn());
    return !claim.block() && contents.starts_with("data");
  }

  void CheckPods(int number, int worker) {
    Pairing& pairing = objects_.volume(number).on(worker);
    for (int place = 1; place <= kPlaces; ++place) {
      const Pod& pod = pairing.pods[static_cast<size_t>(place - 1)];
      if (pod.wanted && !pods_.Write(number, worker, place) && !IsHalfFormatted(number)) {
        datacenter_.Breach(
            fmt::format("pod {} of pvc-{} on worker-{} does not work", place, number, worker));
      }
    }
    if (!pairing.IsWanted() && pairing.has_attachment) {
      datacenter_.Breach(fmt::format("pvc-{} is still attached to worker-{}", number, worker));
    }
  }

  void DeleteAll() {
    datacenter_.Tell("", "--- everything is deleted");
    for (Volume& volume : objects_.volumes) {
      volume.wanted = false;
      for (Pairing& pairing : volume.at) {
        for (Pod& pod : pairing.pods) pod.wanted = false;
      }
    }
    datacenter_.schedule().NotifyAll();
  }

  void CheckNothingIsLeft() {
    FakeRouterOs& rds = datacenter_.site().rds();
    std::erase(rds.disks, ForeignDisk());
    const std::string left = Difference(before_, SnapshotOf(datacenter_.site()));
    if (!left.empty()) datacenter_.Breach("in the end it is not as before:\n" + left);
  }

  const Plan& plan_;
  Story story_;
  Objects objects_;
  Datacenter datacenter_;
  Callers callers_;
  Pods pods_;
  const std::string before_;
};

}  // namespace

Outcome Play(const Plan& plan, bool told) { return History(plan, told).Play(); }

}  // namespace rds_csi::world::histories
