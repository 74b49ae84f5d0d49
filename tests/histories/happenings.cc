// SPDX-License-Identifier: Apache-2.0
#include "happenings.h"

#include <functional>
#include <utility>

#include "by_hand.h"

namespace rds_csi::world::histories {
namespace {

constexpr absl::Duration kMigration = absl::Seconds(30);
constexpr absl::Duration kPodCollection = absl::Seconds(40);

void Later(Datacenter& datacenter, const Event& event, std::function<void()> act) {
  datacenter.schedule().Start(datacenter.schedule().now() + absl::Seconds(event.seconds), {},
                              [&datacenter, event, act = std::move(act)] {
                                datacenter.Tell("", fmt::format("--- over: {}", Shown(event)));
                                act();
                                datacenter.schedule().NotifyAll();
                              });
}

Pod& PodOf(Objects& objects, int volume, int worker, int place) {
  return objects.volume(volume).on(worker).pods[static_cast<size_t>(place - 1)];
}

void StopAllOf(Objects& objects, int volume, int worker) {
  for (int place = 1; place <= kPlaces; ++place) {
    PodOf(objects, volume, worker, place).wanted = false;
  }
}

// A pod of a volume that is elsewhere does not begin, as users would see to; but both may overlap
// while the first one ends. Nothing is scheduled to a node that is gone.
void StartPod(Datacenter& datacenter, Objects& objects, int volume, int worker, int place) {
  if (datacenter.IsGone(worker)) return;
  for (int other = 1; other <= datacenter.site().workers(); ++other) {
    if (other != worker) StopAllOf(objects, volume, other);
  }
  PodOf(objects, volume, worker, place).wanted = objects.volume(volume).wanted;
}

void Migrate(Datacenter& datacenter, Objects& objects, const Event& event) {
  if (!datacenter.claim(event.volume).shared) {
    return StartPod(datacenter, objects, event.volume, event.worker, event.place);
  }
  if (datacenter.IsGone(event.worker)) return;
  PodOf(objects, event.volume, event.worker, event.place).wanted =
      objects.volume(event.volume).wanted;
  datacenter.schedule().Start(datacenter.schedule().now() + kMigration, {},
                              [&datacenter, &objects, event] {
                                for (int other = 1; other <= datacenter.site().workers(); ++other) {
                                  if (other != event.worker)
                                    StopAllOf(objects, event.volume, other);
                                }
                                datacenter.schedule().NotifyAll();
                              });
}

void Drain(Datacenter& datacenter, Objects& objects, int worker) {
  const int next = worker % datacenter.site().workers() + 1;
  for (int volume = 1; volume <= datacenter.volumes(); ++volume) {
    if (objects.volume(volume).on(worker).IsWanted()) {
      StartPod(datacenter, objects, volume, next, 1);
    }
  }
}

void DeleteClaim(Objects& objects, int volume) {
  Volume& object = objects.volume(volume);
  object.wanted = false;
  for (Pairing& pairing : object.at) {
    for (Pod& pod : pairing.pods) pod.wanted = false;
  }
}

void DoAsUser(Datacenter& datacenter, Objects& objects, const Event& event) {
  Volume& volume = objects.volume(event.volume);
  switch (event.kind) {
    case Kind::kCreateClaim:
      // The name is another's until all of it is gone.
      if (volume.created == Belief::kNo && !volume.HasAttachment()) volume.wanted = true;
      return;
    case Kind::kStartPod:
      return StartPod(datacenter, objects, event.volume, event.worker, event.place);
    case Kind::kStopPod:
      PodOf(objects, event.volume, event.worker, event.place).wanted = false;
      return;
    case Kind::kDeleteClaim:
      return DeleteClaim(objects, event.volume);
    case Kind::kGrow:
      if (volume.wanted) volume.wanted_bytes = kGrownSize;
      return;
    case Kind::kMigrate:
      return Migrate(datacenter, objects, event);
    default:
      return Drain(datacenter, objects, event.worker);
  }
}

// Other pods take the place of those on a node that is gone, which are deleted a little later; the
// machine may go on.
void RemoveNode(Datacenter& datacenter, Objects& objects, const Event& event) {
  FakeCluster& cluster = datacenter.site().cluster();
  const std::string name = datacenter.site().machine(event.worker).name();
  cluster.gone.insert(name);
  const int next = event.worker % datacenter.site().workers() + 1;
  for (int volume = 1; volume <= datacenter.volumes(); ++volume) {
    datacenter.claim(volume).let_go.insert(event.worker);
    if (!objects.volume(volume).on(event.worker).IsWanted()) continue;
    if (!datacenter.IsGone(next)) PodOf(objects, volume, next, 1).wanted = true;
    datacenter.schedule().Start(datacenter.schedule().now() + kPodCollection, {},
                                [&datacenter, &objects, volume, worker = event.worker] {
                                  StopAllOf(objects, volume, worker);
                                  Pairing& pairing = objects.volume(volume).on(worker);
                                  pairing.goes = pairing.has_attachment;
                                  datacenter.schedule().NotifyAll();
                                });
  }
  Later(datacenter, event, [&cluster, name] { cluster.gone.erase(name); });
}

void StrikeProcess(Datacenter& datacenter, const Event& event) {
  const bool of_node = event.kind == Kind::kKillNode || event.kind == Kind::kDisturbNode;
  const bool kills = event.kind == Kind::kKillNode || event.kind == Kind::kKillController;
  Process& process = of_node ? datacenter.node(event.worker) : datacenter.controller(1);
  if (!process.up) return;
  if (kills && event.number == 0) return datacenter.Kill(process);
  (kills ? process.kill_in : process.disturb_in) = event.number + 1;
  process.choice = event.choice;
}

// What lasts for a while: how it is switched on and off. Empty: it is something else.
std::function<void(bool)> SwitchOf(Datacenter& datacenter, const Event& event) {
  const int worker = event.worker;
  switch (event.kind) {
    case Kind::kUnplug:
      return [&datacenter, worker](bool on) { datacenter.Unplug(worker, on); };
    case Kind::kRdsReboot:
      return [&datacenter](bool on) { datacenter.SetRdsDown(on); };
    case Kind::kSlowRds:
      return [&datacenter](bool on) { datacenter.SetSlow(on); };
    case Kind::kControllerCut:
      return [&datacenter](bool on) { datacenter.controller(1).cut_off = on; };
    case Kind::kApiAway:
      return [&datacenter](bool on) { datacenter.SetApiAway(on); };
    case Kind::kCacheLags:
      return [&datacenter](bool on) { datacenter.SetCacheLags(on); };
    case Kind::kOpen:
      return [&datacenter, worker](bool on) { datacenter.SetOpen(worker, on); };
    case Kind::kSecondLeader:
      return [&datacenter](bool on) { datacenter.SetSecondLeader(on); };
    default:
      return nullptr;
  }
}

void Strike(Datacenter& datacenter, Objects& objects, const Event& event) {
  switch (event.kind) {
    case Kind::kKillNode:
    case Kind::kKillController:
    case Kind::kDisturbNode:
    case Kind::kDisturbController:
      return StrikeProcess(datacenter, event);
    case Kind::kPowerLoss:
      return datacenter.PowerOff(event.worker, absl::Seconds(event.seconds));
    case Kind::kNodeGone:
      return RemoveNode(datacenter, objects, event);
    case Kind::kGiveUp:
      return datacenter.GiveUpConnections(event.worker, absl::ZeroDuration());
    case Kind::kRenumber:
      return datacenter.site()
          .machine(event.worker)
          .host()
          .SetNextInstance(100 * (event.number + 1));
    case Kind::kLateCommand:
      return datacenter.DelayNextCommand(absl::Seconds(event.seconds));
    default:
      return Later(datacenter, event, DoByHand(datacenter, objects, event.kind, event.volume));
  }
}

}  // namespace

void Happen(Datacenter& datacenter, Objects& objects, const Event& event) {
  datacenter.Tell("", "--- " + Shown(event));
  ++datacenter.story().counts.events;
  if (IsFault(event.kind)) ++datacenter.story().counts.faults[event.kind];
  if (!IsFault(event.kind)) {
    DoAsUser(datacenter, objects, event);
  } else if (const std::function<void(bool)> set = SwitchOf(datacenter, event)) {
    set(true);
    Later(datacenter, event, [set] { set(false); });
  } else {
    Strike(datacenter, objects, event);
  }
  datacenter.schedule().NotifyAll();
}

}  // namespace rds_csi::world::histories
