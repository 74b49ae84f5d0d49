// SPDX-License-Identifier: Apache-2.0
// The part of Datacenter in which processes, machines and networks fail and come back.
#include <algorithm>
#include <utility>

#include "datacenter.h"

namespace rds_csi::world::histories {
namespace {

// At most, with what effects take here.
constexpr absl::Duration kFromLookToDisconnect = absl::Seconds(10);

}  // namespace

void Datacenter::Kill(Process& process) {
  process.up = false;
  process.kill_in = process.disturb_in = 0;
  Tell(process.name, "*** is killed");
  schedule_.Kill(process);
  const absl::Time again = schedule_.now() + absl::Seconds(3);
  if (process.worker != 0) return StartNode(process.worker, again);
  leads_from_ = std::max(leads_from_, last_arrival_);
  StartController(&process == &controllers_[0] ? 1 : 2, again);
}

void Datacenter::StartNode(int worker, absl::Time at) {
  const Schedule::Context context = {&node(worker), nullptr, Verb::kStartNode};
  schedule_.Start(at, context, [this, worker] {
    if (!IsPowered(worker) || node(worker).up) return;
    Tell(node(worker).name, "starts");
    site_.machine(worker).Start();
    node(worker).up = true;
    RunKeeper(worker);
    schedule_.NotifyAll();
  });
}

void Datacenter::StartController(int number, absl::Time at) {
  schedule_.Start(at, {}, [this, number] {
    Tell(controller(number).name, "starts");
    plugins_[static_cast<size_t>(number - 1)] =
        std::make_unique<ControllerProcess>(site_.rds(), plan_.behaviour, site_.cluster(), clock_);
    controller(number).up = true;
    RunReconciler(number);
    schedule_.NotifyAll();
  });
}

void Datacenter::PowerOff(int worker, absl::Duration time) {
  if (!IsPowered(worker)) return;
  Tell(site_.machine(worker).name(), "*** loses its power");
  node(worker).up = false;
  node(worker).kill_in = node(worker).disturb_in = 0;
  off_.insert(worker);
  schedule_.Kill(node(worker));
  site_.LosePower(worker);
  on_power_off(worker);
  RefreshNetwork();
  schedule_.NotifyAll();
  schedule_.Start(schedule_.now() + time, {}, [this, worker] {
    Tell(site_.machine(worker).name(), "boots");
    off_.erase(worker);
    RefreshNetwork();
    StartNode(worker, schedule_.now() + absl::Seconds(1));
  });
}

void Datacenter::Unplug(int worker, bool unplugged) {
  if (unplugged) {
    unplugged_.insert(worker);
  } else {
    unplugged_.erase(worker);
  }
  RefreshNetwork();
}

void Datacenter::SetRdsDown(bool down) {
  rds_down_ = down;
  RefreshNetwork();
}

void Datacenter::RefreshNetwork() {
  for (int worker = 1; worker <= plan_.workers; ++worker) {
    const auto index = static_cast<size_t>(worker - 1);
    const bool seen = IsPowered(worker) && !IsUnplugged(worker);
    if (seen) unseen_since_.erase(worker);
    if (!seen) unseen_since_.try_emplace(worker, schedule_.now());
    const bool reaches = !rds_down_ && seen;
    if (reaches == site_.network().IsPlugged(index)) continue;
    reaches ? site_.network().Plug(index) : site_.network().Unplug(index);
  }
  schedule_.NotifyAll();
}

void Datacenter::SetOpen(int worker, bool open) {
  site_.SetOpen(worker, open);
  if (!open) return;
  const absl::Time later = schedule_.now() + kFromLookToDisconnect;
  schedule_.Start(later, {}, [this, worker] { site_.Protect(worker); });
}

void Datacenter::GiveUpConnections(int worker, absl::Duration after) {
  ForgiveLostPages();
  FakeHost& host = site_.machine(worker).host();
  for (int volume = 1; volume <= volumes_; ++volume) {
    const std::string nqn = claim(volume).id.Nqn();
    const std::vector<Session> sessions = SessionsOf(host, nqn);
    const bool works = std::ranges::any_of(
        sessions, [](const Session& session) { return session.state == "live"; });
    if (works || host.ControllersOf(nqn).empty()) {
      broken_since_.erase({worker, volume});
      continue;
    }
    const absl::Time since =
        broken_since_.try_emplace({worker, volume}, schedule_.now()).first->second;
    if (sessions.empty() || schedule_.now() - since < after) continue;
    Tell(site_.machine(worker).name(), "the kernel gives up the connection of " + nqn);
    host.LoseConnection(nqn);
    if (host.DevicesOf(nqn).empty()) site_.ForgetPages(claim(volume), worker);
  }
}

}  // namespace rds_csi::world::histories
