// SPDX-License-Identifier: Apache-2.0
#include "pods.h"

namespace rds_csi::world::histories {
namespace {

constexpr absl::Duration kBetweenWrites = absl::Seconds(30);

using Outcome = FakeHost::Io::Outcome;

}  // namespace

Pods::Pods(Datacenter& datacenter, Objects& objects) : datacenter_(datacenter), objects_(objects) {}

void Pods::Start() {
  Schedule& schedule = datacenter_.schedule();
  schedule.Start(schedule.now(), {}, [this, &schedule] {
    while (true) {
      schedule.Sleep(kBetweenWrites);
      for (int volume = 1; volume <= datacenter_.volumes(); ++volume) {
        for (int worker = 1; worker <= datacenter_.site().workers(); ++worker) {
          for (int place = 1; place <= kPlaces; ++place) Write(volume, worker, place);
        }
      }
    }
  });
}

bool Pods::Write(int volume, int worker, int place) {
  Pod& pod = objects_.volume(volume).on(worker).pods[static_cast<size_t>(place - 1)];
  const bool runs = pod.published == Belief::kYes && pod.seen && !pod.restarts;
  if (!(runs || pod.Hangs()) || !datacenter_.IsPowered(worker)) return false;
  const Claim& claim = datacenter_.claim(volume);
  FakeHost& host = datacenter_.site().machine(worker).host();
  const FakeHost::Io io = host.WriteTo(Machine::TargetPath(claim, place), pod.hangs_on);
  ++datacenter_.story().counts.writes;
  const bool hung = pod.Hangs();
  pod.hangs_on = io.outcome == Outcome::kWaits ? io.device : 0;
  const std::string generation = datacenter_.claim(volume).publish_contexts[worker]["generation"];
  if (!hung) pod.hangs_since = generation;
  if (hung != pod.Hangs()) {
    datacenter_.Tell(
        fmt::format("pod {}/{}", worker, place),
        fmt::format("{}: a write {}", claim.id.str(), pod.Hangs() ? "hangs" : "is back"));
    datacenter_.schedule().NotifyAll();
  }
  if (io.outcome == Outcome::kFails) {
    datacenter_.Tell(fmt::format("pod {}/{}", worker, place),
                     claim.id.str() + ": I/O error; it begins anew");
    pod.restarts = true;
    datacenter_.schedule().NotifyAll();
  }
  if (io.outcome != Outcome::kDone) return false;
  CheckDone(volume, worker, io);
  if (pod.hangs_since != generation) CheckLate(volume, worker);
  return true;
}

// A write that hung has come back, and there has been another attachment since.
void Pods::CheckLate(int volume, int worker) {
  const Claim& claim = datacenter_.claim(volume);
  Site& site = datacenter_.site();
  if (site.IsExcused(claim) || AdmitsEverybody(site.rds().Disk(claim.id.Slot()))) return;
  datacenter_.Breach(
      fmt::format("worker-{}: what was written under an earlier attachment came to {}", worker,
                  claim.id.str()));
}

void Pods::CheckDone(int volume, int worker, const FakeHost::Io& io) {
  Claim& claim = datacenter_.claim(volume);
  Site& site = datacenter_.site();
  if (io.nqn != claim.id.Nqn()) {
    datacenter_.Breach(fmt::format("worker-{}: what a pod wrote to {} went to {}", worker,
                                   claim.id.str(), io.nqn));
  }
  if (!IsAdmitted(site, claim, io.host_nqn)) {
    datacenter_.Breach(
        fmt::format("worker-{} wrote to {} without leave of the RDS", worker, claim.id.str()));
  }
  const std::string file = site.rds().Disk(claim.id.Slot()).at("file-path");
  if (written_.try_emplace({volume, objects_.volume(volume).deletions}, file).first->second !=
      file) {
    datacenter_.Breach(fmt::format("what was written to {} is gone", claim.id.str()));
  }
  // Machines write past the page cache, and no signature tells of it.
  if (claim.block()) site.network().LeaveData(claim.id.Nqn());
}

}  // namespace rds_csi::world::histories
