// SPDX-License-Identifier: Apache-2.0
#include "datacenter.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "calls.h"
#include "mixed.h"
#include "nvme/subsystem.h"

namespace rds_csi::world::histories {
namespace {

constexpr absl::Duration kOverrun = absl::Seconds(60);
constexpr absl::Duration kReconcileEvery = absl::Seconds(60);
constexpr absl::Duration kControllerLoss = absl::Seconds(600);  // ctrl_loss_tmo

std::string WhereOf(const Datacenter::Request& request) {
  const Verb verb = request.verb;
  if (verb == Verb::kPublish || verb == Verb::kUnpublish) {
    return fmt::format(" worker-{} place {}", request.worker, request.place);
  }
  const bool of_worker = IsOfNode(verb) || verb == Verb::kAttach || verb == Verb::kDetach;
  return of_worker ? fmt::format(" worker-{}", request.worker) : "";
}

}  // namespace

Datacenter::Datacenter(const Plan& plan, Story& story)
    : plan_(plan),
      story_(story),
      volumes_(static_cast<int>(plan.volumes.size())),
      site_(plan.workers, plan.anchor_seconds, plan.behaviour),
      begin_(schedule_.now()) {
  for (int volume = 1; volume <= volumes_; ++volume) {
    const Shape& shape = plan.volumes[static_cast<size_t>(volume - 1)];
    site_.AddVolume({.id = *VolumeId::Parse(fmt::format("pvc-{}", volume)),
                     .fs_type = shape.fs_type,
                     .shared = shape.shared,
                     .volume_context = {},
                     .publish_contexts = {},
                     .let_go = {}});
  }
  schedule_.Add(clock_);
  for (int worker = 1; worker <= plan.workers; ++worker) {
    nodes_.push_back({.name = fmt::format("node-{}", worker), .worker = worker});
    schedule_.Add(site_.machine(worker).host().clock());
    RunKeeper(worker);
  }
  for (const int number : {1, 2}) {
    controllers_.push_back({.name = fmt::format("controller-{}", number)});
    plugins_.push_back(
        std::make_unique<ControllerProcess>(site_.rds(), plan.behaviour, site_.cluster(), clock_));
    RunReconciler(number);
  }
  RunKernels();
  Hook();
}

void Datacenter::Hook() {
  for (int worker = 1; worker <= plan_.workers; ++worker) {
    FakeHost& host = site_.machine(worker).host();
    host.SetOnEffect([=, this](const std::string& line) { OnMachine({worker, false, line, ""}); });
    host.SetOnProgram([=, this](const std::string& line) {
      if (IsLook(line)) OnMachine({worker, true, line, ""});
    });
  }
  site_.rds().before = [this](const RosCommand& command) { OnRds(command); };
  site_.rds().after = [this](const RosCommand& command) { AfterRds(command); };
}

// Whoever was without a connection for longer than the patience may lose what waited.
void Datacenter::ForgiveLostPages() {
  for (const auto& [where, since] : broken_since_) {
    if (plan_.anchor_seconds == 0 ||
        schedule_.now() - since < absl::Seconds(plan_.anchor_seconds)) {
      continue;
    }
    site_.ForgetPages(claim(where.second), where.first);
  }
}

void Datacenter::Breach(const std::string& what) {
  Tell("BREACH", what);
  site_.Tell(what);
}

// --- calls ---

// Two that lead do so one after the other on each volume, which is what leader election is for
// (docs/decisions/0004); each with what it remembers.
int Datacenter::ControllerFor(const Request& request) const {
  const auto asked = asked_.find(request.volume);
  if (asked != asked_.end() && asked->second.first > 0) return asked->second.second;
  if (reconciles_ != 0) return reconciles_;
  if (!second_leader_) return 1;
  const auto now = static_cast<uint64_t>(absl::ToUnixMicros(schedule_.now()));
  return 1 + static_cast<int>(Mixed(plan_.seed ^ now) % 2);
}

absl::Status Datacenter::Ask(const Request& request) {
  const bool of_node = IsOfNode(request.verb);
  const int number = of_node ? 0 : ControllerFor(request);
  Process& process = of_node ? node(request.worker) : controller(number);
  if (!process.up || (!of_node && schedule_.now() < leads_from_)) {
    schedule_.Sleep(absl::Milliseconds(10));
    return absl::UnavailableError(process.name + " does not run, or does not lead");
  }
  ++story_.counts.calls;
  const std::string what = fmt::format("{} {}{}", NameOf(request.verb),
                                       claim(request.volume).id.str(), WhereOf(request));
  Tell(process.name, "> " + what);
  const absl::Time deadline = schedule_.now() + request.time;
  auto& asked = asked_[request.volume];
  if (!of_node) asked = {asked.first + 1, number};
  const absl::Status answer = CarryOrDie(request, process, deadline);
  if (!of_node) --asked.first;
  schedule_.context() = {};
  Tell(process.name, fmt::format("< {}: {}", what, answer.ToString()));
  const std::string wrong = WrongWith(answer);
  if (!wrong.empty()) Breach(fmt::format("{} answers {}", what, wrong));
  if (schedule_.now() > deadline + kOverrun) {
    Breach(fmt::format("{} took {} longer than it was given", what,
                       absl::FormatDuration(schedule_.now() - deadline)));
  }
  return answer;
}

absl::Status Datacenter::CarryOrDie(const Request& request, Process& process, absl::Time deadline) {
  schedule_.context() = {&process, &claim(request.volume), request.verb, deadline};
  try {
    absl::Status answer = Carry(request, process, deadline);
    schedule_.context() = {};
    ForgiveLostPages();
    site_.Settle();
    return answer;
  } catch (const Killed&) {
    return absl::UnavailableError(process.name + " was killed");
  }
}

// What a pod writes to its filesystem last, and does not sync.
void Datacenter::LeavePages(const Call& call) {
  FakeHost& host = call.machine.host();
  const std::string target = Machine::TargetPath(call.claim, call.place);
  const std::vector<Mount> here = host.mounts_at(target);
  const auto device = FindNamespace(host.host().files, call.claim.id.Nqn());
  if (call.claim.block() || here.empty() || !device.ok() || !*device) return;
  if (here.back().number != (*device)->number) return;  // its device is gone
  host.WriteUnsynced(call.claim.id.Nqn());
}

absl::Status Datacenter::Carry(const Request& request, Process& process, absl::Time deadline) {
  const Call call = {.verb = request.verb,
                     .claim = claim(request.volume),
                     .worker = request.worker,
                     .machine = site_.machine(request.worker),
                     .place = request.place,
                     .size_bytes = request.size_bytes,
                     .deadline = deadline};
  if (request.verb == Verb::kUnpublish) LeavePages(call);
  if (process.worker != 0) return CallNode(call);
  return CallController(*plugins_[&process == &controllers_[0] ? 0 : 1], call);
}

// --- what the plugins do beside the calls ---

void Datacenter::RunKeeper(int worker) {
  const Schedule::Context context = {&node(worker), nullptr, Verb::kKeep};
  schedule_.Start(schedule_.now(), context, [this, worker] {
    while (true) {
      const absl::Time next = site_.machine(worker).keeper().Tick();
      const absl::Time now = schedule_.now();
      schedule_.SleepUntil(std::clamp(next, now + absl::Seconds(2), now + absl::Seconds(30)));
    }
  });
}

bool Datacenter::MayReconcile(int number) const {
  const bool leads = number == 1 || second_leader_;
  if (!leads || reconciles_ != 0 || schedule_.now() < leads_from_) return false;
  return std::ranges::none_of(asked_, [number](const auto& each) {
    const auto& [calls, controller] = each.second;
    return calls > 0 && controller != number;
  });
}

void Datacenter::Reconcile(int number) {
  reconciles_ = number;
  const absl::Cleanup end = [this] { reconciles_ = 0; };  // also when it is killed
  const absl::Time deadline = schedule_.now() + absl::Seconds(30);
  schedule_.context().deadline = deadline;
  plugins_[static_cast<size_t>(number - 1)]->reconciler().Round(deadline).IgnoreError();
}

void Datacenter::RunReconciler(int number) {
  const Schedule::Context context = {&controller(number), nullptr, Verb::kReconcile};
  schedule_.Start(schedule_.now() + number * absl::Seconds(7), context, [this, number] {
    while (true) {
      if (MayReconcile(number)) Reconcile(number);
      schedule_.Sleep(kReconcileEvery);
    }
  });
}

void Datacenter::RunKernels() {
  schedule_.Start(schedule_.now(), {}, [this] {
    while (true) {
      schedule_.Sleep(absl::Seconds(10));
      if (!off_.empty() || !unplugged_.empty()) schedule_.NotifyAll();  // some wait for six minutes
      for (int worker = 1; worker <= plan_.workers; ++worker) {
        GiveUpConnections(worker, kControllerLoss);
      }
    }
  });
}

}  // namespace rds_csi::world::histories
