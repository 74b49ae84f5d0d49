// SPDX-License-Identifier: Apache-2.0
#include "disturbance.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string>

#include "site.h"

namespace rds_csi::world {
namespace {

using D = Disturbance;
using Fault = FakeRouterOs::Fault;

// Acts that a program of its own does, which is killed at its deadline.
bool IsProgram(const std::string& line) {
  static constexpr std::string_view kInProcess[] = {"replace ", "create ", "mkdir ",
                                                    "symlink ", "unlink ", "rmdir "};
  const bool in_configfs = line.starts_with("write /sys/kernel/config/");
  return !in_configfs && std::ranges::none_of(kInProcess, [&](std::string_view act) {
    return line.starts_with(act);
  });
}

Fault FaultOf(Disturbance disturbance) {
  if (disturbance == D::kFails) return Fault::kUnreachable;
  if (disturbance == D::kTimesOut) return Fault::kNeverArrives;
  return Fault::kLostReply;
}

void DisturbRds(Site& site, const Effect& effect, Disturbance disturbance, const Disturbed& call) {
  if (disturbance == D::kTimesOut || disturbance == D::kDoneTimesOut) {
    call.controller_clock.SleepUntil(call.deadline);
  }
  site.rds().FailNext(effect.command, FaultOf(disturbance));
}

// That looking into a filesystem answers EIO says that it is dead, not that the look failed.
int ErrorOf(const Effect& effect) { return effect.line.starts_with("look ") ? ENOMEM : EIO; }

void DisturbMachine(Site& site, const Effect& effect, Disturbance disturbance,
                    const Disturbed& call) {
  FakeHost& host = site.machine(effect.worker).host();
  const bool times_out = disturbance == D::kTimesOut || disturbance == D::kDoneTimesOut;
  const bool done = disturbance == D::kDoneButFails || disturbance == D::kDoneTimesOut;
  // Nothing ends a system call of our own: it only takes that long.
  if (times_out && !IsProgram(effect.line)) {
    host.clock().SleepUntil(call.deadline);
    if (done) return;
  }
  const int error = times_out ? ETIMEDOUT : ErrorOf(effect);
  done ? host.FailOnceAfter(effect.line, error) : host.FailOn(effect.line, error);
  if (!done && effect.line.starts_with("mkfs.")) site.network().LeaveData(call.claim.id.Nqn());
}

// A process that dies in the middle of replacing a file leaves what it had written.
void LeaveHalfAFile(Site& site, const Effect& effect) {
  if (!effect.line.starts_with("replace ")) return;
  const std::string path = effect.line.substr(effect.line.find(' ') + 1);
  site.machine(effect.worker).host().AddFile(TemporaryNameOf(path), "{");
}

}  // namespace

std::string_view NameOf(Disturbance disturbance) {
  static constexpr std::string_view kNames[] = {"killed",         "answer-lost", "fails",
                                                "done-but-fails", "times-out",   "done-times-out",
                                                "power-lost"};
  static_assert(std::size(kNames) == kDisturbances);
  return kNames[static_cast<size_t>(disturbance)];
}

std::vector<Disturbance> DisturbancesOf(Verb verb, const Effect& effect) {
  if (effect.is_look && effect.worker != 0) return {D::kFails, D::kTimesOut};
  if (effect.is_look) return {D::kKilled, D::kFails, D::kTimesOut};
  std::vector<D> all = {D::kKilled, D::kFails, D::kDoneButFails, D::kTimesOut, D::kDoneTimesOut};
  if (IsOfNode(verb)) all.push_back(D::kPowerLost);
  return all;
}

void Disturb(Site& site, const Effect& effect, Disturbance disturbance, const Disturbed& call) {
  const bool dies = disturbance == D::kKilled || disturbance == D::kPowerLost;
  if (dies && effect.worker != 0) LeaveHalfAFile(site, effect);
  if (dies && effect.line.starts_with("mkfs.")) site.network().LeaveData(call.claim.id.Nqn());
  if (disturbance == D::kKilled) throw Killed();
  if (disturbance == D::kPowerLost) throw PowerLost();
  if (effect.worker == 0) return DisturbRds(site, effect, disturbance, call);
  DisturbMachine(site, effect, disturbance, call);
}

}  // namespace rds_csi::world
