// SPDX-License-Identifier: Apache-2.0
#include "site.h"

#include <algorithm>
#include <iterator>

#include "nvme/subsystem.h"

namespace rds_csi::world {

Site::Site(int workers, int anchor_seconds, RosBehaviour behaviour) : behaviour_(behaviour) {
  std::vector<FakeHost*> hosts;
  for (int worker = 1; worker <= workers; ++worker) {
    machines_.push_back(std::make_unique<Machine>(worker, anchor_seconds));
    hosts.push_back(&machines_.back()->host());
  }
  network_ = std::make_unique<Network>(rds_, behaviour, hosts);
  cluster_.wanted.emplace();
}

Claim& Site::AddVolume(const Claim& claim) {
  for (const auto& machine : machines_) machine->AddVolume(claim);
  network_->AddVolume(claim.id.Nqn());
  claims_.push_back(claim);
  invariants_.emplace_back(*this, claims_.back());
  return claims_.back();
}

void Site::BeforeActOf(int worker, const Effect& effect) {
  machine(worker).host().StopFailing();
  network_->Gather();
  for (Invariants& each : invariants_) {
    each.CheckMachine(worker);
    if (!effect.is_look) each.CheckAct(worker, effect.line);
  }
}

void Site::AfterChangeOfRds() {
  network_->Show();
  for (Invariants& each : invariants_) each.CheckRds();
}

void Site::Settle() {
  for (const auto& machine : machines_) machine->host().StopFailing();
  network_->Gather();
  network_->Show();
  for (Invariants& each : invariants_) each.CheckAll();
}

std::vector<int> Site::WorkersNamed(const NodeId& node) const {
  std::vector<int> found;
  for (int worker = 1; worker <= workers(); ++worker) {
    if (machines_[static_cast<size_t>(worker - 1)]->config().node == node) found.push_back(worker);
  }
  return found;
}

void Site::LosePower(int worker) {
  SetOpen(worker, false);
  machine(worker).host().StopFailing();
  network_->Gather();
  machine(worker).LosePower();
  for (Invariants& each : invariants_) each.ForgetPages(worker);
}

void Site::SetOpen(int worker, bool open) {
  FakeHost& host = machine(worker).host();
  if (!open) {
    const auto is_its = [&](const auto& device) { return device.first == worker; };
    std::erase_if(open_, is_its);
    std::erase_if(protected_, is_its);
    return host.RemoveOpeners();
  }
  for (const Claim& claim : claims_) {
    const auto device = FindNamespace(host.host().files, claim.id.Nqn());
    if (!device.ok() || !*device) continue;
    host.AddOpener((*device)->number, "process 4711 backup");
    open_.insert({worker, (*device)->number});
  }
}

void Site::Protect(int worker) {
  std::ranges::copy_if(open_, std::inserter(protected_, protected_.end()),
                       [&](const auto& device) { return device.first == worker; });
}

Invariants& Site::Of(const Claim& claim) {
  size_t i = 0;
  while (&claims_[i] != &claim) ++i;
  return invariants_[i];
}

void Site::Tell(const std::string& breach) {
  if (std::ranges::find(breaches_, breach) == breaches_.end()) breaches_.push_back(breach);
}

}  // namespace rds_csi::world
