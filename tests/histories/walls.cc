// SPDX-License-Identifier: Apache-2.0
// The part of Datacenter through which every effect passes: how long it takes, and what strikes the
// plugin in it.
#include <algorithm>
#include <utility>

#include "datacenter.h"
#include "disturbance.h"
#include "mixed.h"

namespace rds_csi::world::histories {
namespace {

// Rules of the driver, not of the order of things: see tests/crash/exceptions.cc.
bool IsLeftAlone(const Effect& effect) {
  return effect.line.starts_with("openers ") || effect.line.starts_with("unlink ");
}

// Counts one effect; 0: nothing is due.
bool IsDue(int& effects) {
  if (effects == 0) return false;
  --effects;
  return effects == 0;
}

}  // namespace

// Short as a rule, and now and then not.
absl::Duration Datacenter::LatencyOf(const Effect& effect) const {
  const auto now = static_cast<uint64_t>(absl::ToUnixMicros(schedule_.now()));
  const uint64_t drawn = Mixed(plan_.seed ^ now, effect.line);
  const uint64_t most = drawn % 64 == 0 ? 3'000'000 : effect.worker == 0 ? 60'000 : 15'000;
  const uint64_t slow = slow_ && effect.worker == 0 ? 25'000'000 : 0;
  return absl::Microseconds(1 + static_cast<int64_t>((drawn >> 8) % (most + slow)));
}

void Datacenter::OnMachine(const Effect& effect) {
  const bool in_plugin = schedule_.IsInTask() && schedule_.context().process != nullptr;
  if (in_plugin) {
    ++story_.counts.effects;
    schedule_.Sleep(LatencyOf(effect));
  }
  const size_t breaches = site_.breaches().size();
  site_.BeforeActOf(effect.worker, effect);
  if (in_plugin && !effect.is_look) Tell(schedule_.context().process->name, "  " + effect.line);
  if (breaches != site_.breaches().size()) Tell("BREACH", site_.breaches().back());
  if (in_plugin) Strike(effect);
}

void Datacenter::OnRds(const RosCommand& command) {
  if (replays_) return;
  ++story_.counts.effects;
  const Effect effect = EffectOf(command);
  Schedule::Context& context = schedule_.context();
  schedule_.SleepUntil(std::min(context.deadline, schedule_.now() + LatencyOf(effect)));
  if (!effect.is_look) Tell(context.process->name, "  " + effect.line);
  if (Strike(effect)) return;
  const bool late = !effect.is_look && lateness_ != absl::ZeroDuration();
  if (late) {
    const absl::Time arrival = std::min(
        context.deadline, schedule_.now() + std::exchange(lateness_, absl::ZeroDuration()));
    last_arrival_ = std::max(last_arrival_, arrival);
    schedule_.Start(arrival, {}, [this, command] { Replay(command); });
  }
  if (rds_down_ || context.process->cut_off) {
    site_.rds().FailNext(effect.command, FakeRouterOs::Fault::kUnreachable);
  } else if (late || schedule_.now() >= context.deadline) {
    schedule_.SleepUntil(context.deadline);
    site_.rds().FailNext(effect.command, FakeRouterOs::Fault::kNeverArrives);
  }
}

void Datacenter::AfterRds(const RosCommand& command) {
  if (command.verb == RosCommand::Verb::kPrint) return;
  const size_t breaches = site_.breaches().size();
  site_.AfterChangeOfRds();
  if (breaches != site_.breaches().size()) Tell("BREACH", site_.breaches().back());
  if (!replays_) schedule_.Sleep(LatencyOf(EffectOf(command)));
}

// A command that nobody waits for any more arrives.
void Datacenter::Replay(const RosCommand& command) {
  if (rds_down_) return;
  Tell("RDS", "late: " + EffectOf(command).line);
  replays_ = true;
  site_.rds().Run(command, absl::InfiniteFuture()).status().IgnoreError();
  replays_ = false;
}

bool Datacenter::Strike(const Effect& effect) {
  const Schedule::Context& context = schedule_.context();
  Process& process = *context.process;
  const bool kills = IsDue(process.kill_in);
  const bool disturbs = IsDue(process.disturb_in);
  if (!kills && !disturbs) return false;
  const Disturbed call = {context.claim ? *context.claim : site_.claims().front(), clock_,
                          std::min(context.deadline, schedule_.now() + absl::Seconds(30))};
  Disturbance disturbance = Disturbance::kKilled;
  if (!kills) {
    if (IsLeftAlone(effect)) return false;
    const auto all = DisturbancesOf(context.verb, effect);
    disturbance = all[static_cast<size_t>(process.choice) % all.size()];
  }
  Tell(process.name, fmt::format("  *** {} at: {}", NameOf(disturbance), effect.line));
  try {
    Disturb(site_, effect, disturbance, call);
    return true;
  } catch (const Killed&) {
    if (disturbance != Disturbance::kKilled) throw;  // by something else, while it waited
    Kill(process);
  } catch (const PowerLost&) {
    PowerOff(process.worker, absl::Seconds(60));
  }
  throw Killed();
}

}  // namespace rds_csi::world::histories
