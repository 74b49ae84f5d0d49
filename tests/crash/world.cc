// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "calls.h"

namespace rds_csi::crash {
namespace {

constexpr absl::Duration kCallTime = absl::Minutes(1);
constexpr absl::Duration kGrace = absl::Seconds(30);  // of the reconciler

ControllerConfig TestConfig() {
  return {.cluster_id = "cluster",
          .base_paths = {"/storage-pool/csi"},
          .rds_address = "rds",
          .nvme = {"10.0.0.1", 4420}};
}

// The verbs of rds-csi-io that change nothing.
bool IsLook(const std::string& line) {
  const std::string verb = line.substr(0, line.find(' '));
  for (const char* look : {"probe", "reach", "openers", "look", "statfs"}) {
    if (verb == look) return true;
  }
  return false;
}

// Without the names of files, which are random.
std::string Shown(const RosCommand& command) {
  std::string text = "rds: " + NameOf(command);
  if (!command.id.empty() && command.menu != "/file") text += " " + command.id;
  for (const auto& [property, value] : command.values) {
    if (property != "file-path") text += fmt::format(" {}={}", property, value);
  }
  return text;
}

}  // namespace

World::Plugin::Plugin(World& world)
    : volumes(world.rds_, world.scenario_.behaviour),
      reconciler(
          {volumes, room, listing, world.cluster_, world.reports_, world.clock_, world.config_},
          locks, kGrace) {}

World::World(const Scenario& scenario) : scenario_(scenario), config_(TestConfig()) {
  std::vector<FakeHost*> hosts;
  for (int worker = 1; worker <= kWorkers; ++worker) {
    machines_.push_back(
        std::make_unique<Machine>(worker, scenario.anchor_seconds, scenario.block()));
    hosts.push_back(&machines_.back()->host());
  }
  network_ = std::make_unique<Network>(rds_, scenario.behaviour, id_.Nqn(), hosts);
  plugin_ = std::make_unique<Plugin>(*this);
  cluster_.wanted.emplace();
  Hook();
}

void World::Hook() {
  for (int worker = 1; worker <= kWorkers; ++worker) {
    FakeHost& host = machine(worker).host();
    host.SetOnEffect([this, worker](const std::string& line) { OnMachine(worker, false, line); });
    host.SetOnProgram([this, worker](const std::string& line) {
      if (IsLook(line)) OnMachine(worker, true, line);
    });
  }
  rds_.before = [this](const RosCommand& command) { OnRds(command); };
  rds_.after = [this](const RosCommand&) {
    network_->Show();
    invariants_.CheckRds();
  };
}

void World::OnMachine(int worker, bool is_look, const std::string& line) {
  machine(worker).host().StopFailing();
  network_->Gather();
  invariants_.CheckMachine(worker);
  if (!is_look) invariants_.CheckAct(worker, line);
  const std::shared_ptr<Watcher> watcher = watcher_;
  if (watcher) (*watcher)({worker, is_look, line, ""});
}

void World::OnRds(const RosCommand& command) {
  const bool is_look = command.verb == RosCommand::Verb::kPrint;
  const std::shared_ptr<Watcher> watcher = watcher_;
  if (watcher) (*watcher)({0, is_look, Shown(command), NameOf(command)});
}

Controller World::controller() {
  return {plugin_->volumes, plugin_->room, plugin_->listing, cluster_, reports_, clock_, config_};
}

absl::Status World::Take(const Step& step) {
  KeepInStep();
  deadline_ = clock_.Now() + kCallTime;
  absl::Status answer;
  try {
    answer = Carry(*this, step);
    if (std::exchange(loses_answer_, false)) throw Killed();
  } catch (const Killed&) {
    StartAnew(step);
    answer = absl::UnavailableError("the plugin was killed");
  } catch (const PowerLost&) {
    watcher_ = nullptr;
    machine(step.worker).host().StopFailing();
    network_->Gather();
    machine(step.worker).LosePower();
    invariants_.ForgetPages(step.worker);
    rebooted_[Index(step.worker)] = lost_power_[Index(step.worker)] = true;
    answer = absl::UnavailableError("the machine lost its power");
  }
  watcher_ = nullptr;
  for (const auto& each : machines_) each->host().StopFailing();
  network_->Gather();
  network_->Show();
  KeepInStep();
  invariants_.CheckAfter(step, answer);
  return answer;
}

void World::StartAnew(const Step& step) {
  watcher_ = nullptr;
  for (const auto& each : machines_) each->host().StopFailing();
  if (IsOfNode(step.verb)) {
    network_->Gather();
    machine(step.worker).Start();
  } else {
    plugin_ = std::make_unique<Plugin>(*this);
  }
}

void World::Pass(absl::Duration time) {
  clock_.Advance(time);
  KeepInStep();
  for (const auto& each : machines_) each->keeper().Tick();
  KeepInStep();
}

void World::KeepInStep() {
  absl::Time now = clock_.Now();
  for (const auto& each : machines_) now = std::max(now, each->host().clock().Now());
  clock_.SleepUntil(now);
  for (const auto& each : machines_) each->host().clock().SleepUntil(now);
}

void World::Tell(const std::string& breach) {
  if (std::ranges::find(breaches_, breach) == breaches_.end()) breaches_.push_back(breach);
}

}  // namespace rds_csi::crash
