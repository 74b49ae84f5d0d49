// SPDX-License-Identifier: Apache-2.0
#include "invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "controller/admit.h"
#include "model/ledger.h"
#include "nvme/subsystem.h"
#include "world.h"

namespace rds_csi::crash {
namespace {

using Hosts = std::set<std::string>;

const RosRecord* RowOf(World& world) {
  const std::string slot = world.id().Slot();
  return world.rds().HasDisk(slot) ? &world.rds().Disk(slot) : nullptr;
}

std::set<int64_t> GenerationsIn(const Ledger& ledger) {
  std::set<int64_t> generations;
  for (const Attachment& each : ledger.attachments) generations.insert(each.generation);
  return generations;
}

bool AllShare(const Ledger& ledger) {
  return std::ranges::all_of(ledger.attachments, &Attachment::shared);
}

// Empty: nothing.
std::string WrongWith(const RosRecord& row, const Ledger& ledger, bool lists) {
  if (row.at("nvme-tcp-export") != "true") return "";
  if (ledger.attachments.empty()) return "exported, and attached to nobody";
  const bool two = ledger.attachments.size() > 1;
  if (two && !AllShare(ledger)) return "attached to two that do not share it";
  const Hosts admitted = HostsIn(row);
  if (admitted.empty() && !(two && !lists)) return "everybody is admitted";
  const Fence fence = FenceOf(ledger);
  const Hosts wanted(fence.host_nqns.begin(), fence.host_nqns.end());
  if (admitted.empty() || admitted == wanted) return "";
  return "the export does not admit exactly those of the ledger";
}

}  // namespace

bool IsAdmitted(World& world, const std::string& host_nqn) {
  const RosRecord* row = RowOf(world);
  if (row == nullptr || row->at("nvme-tcp-export") != "true") return false;
  const Hosts hosts = HostsIn(*row);
  return hosts.empty() || hosts.contains(host_nqn);
}

void Invariants::CheckRds() {
  const RosRecord* row = RowOf(world_);
  if (row == nullptr) return CheckGone();
  const absl::StatusOr<Ledger> ledger = ParseLedger(row->at("comment"));
  if (ledger.ok()) CheckAttachments(GenerationsIn(*ledger));
  const bool lists = world_.scenario().behaviour.allow_host_is_list;
  const std::string wrong =
      ledger.ok() ? WrongWith(*row, *ledger, lists) : "its ledger cannot be read";
  if (!wrong.empty()) world_.Tell("the volume on the RDS: " + wrong);
}

void Invariants::CheckGone() {
  if (!attached_.empty()) world_.Tell("the volume was deleted while it was attached");
  attached_.clear();
  detached_.clear();
}

void Invariants::CheckAttachments(const std::set<int64_t>& generations) {
  for (const int64_t before : attached_) {
    if (!generations.contains(before)) detached_.insert(before);
  }
  for (const int64_t now : generations) {
    if (detached_.contains(now)) world_.Tell(fmt::format("there is an attachment {} again", now));
  }
  attached_ = generations;
}

void Invariants::CheckMachine(int worker) {
  FakeHost& host = world_.machine(worker).host();
  std::set<std::string> targets;
  for (const Mount& mount : world_.machine(worker).mounts()) {
    if (!targets.insert(mount.target).second) {
      world_.Tell(fmt::format("worker-{}: two mounts at {}", worker, mount.target));
    }
  }
  for (const Session& session : SessionsOf(host, world_.id().Nqn())) {
    if (session.state != "live" || IsAdmitted(world_, session.host_nqn)) continue;
    world_.Tell(fmt::format("worker-{}: {} has a session that the RDS does not admit", worker,
                            session.host_nqn));
  }
}

void Invariants::CheckAct(int worker, const std::string& line) {
  if (line.starts_with("mkfs.")) CheckFormat(worker, line);
  if (line.starts_with("mount /dev/")) formatted_by_.clear();
  if (line.ends_with("/delete_controller")) CheckDisconnect(worker, line);
  if (line.starts_with("unlink ") || line.starts_with("rmdir ")) CheckRemoval(worker, line);
}

void Invariants::CheckFormat(int worker, const std::string& line) {
  const auto sessions = SessionsOf(world_.machine(worker).host(), world_.id().Nqn());
  const std::string host = sessions.empty() ? "" : sessions.front().host_nqn;
  const bool blank = world_.network().contents() == "blank";
  if (!blank && (host.empty() || host != formatted_by_)) {
    world_.Tell(fmt::format("{} over {}", line, world_.network().contents()));
  }
  formatted_by_ = host;
}

// Where the volume's device is mounted, or who has it open; empty: nobody.
std::string Invariants::DeviceUserAt(int worker) {
  FakeHost& host = world_.machine(worker).host();
  const auto device = FindNamespace(host.host().files, world_.id().Nqn());
  if (!device.ok() || !*device) return "";
  if (world_.is_open && worker == 1) return "a process";
  for (const Mount& mount : world_.machine(worker).mounts()) {
    const bool shows_node = mount.source == ToString((*device)->number);
    if (mount.number == (*device)->number || shows_node) return mount.target;
  }
  return "";
}

void Invariants::CheckDisconnect(int worker, const std::string& line) {
  FakeHost& host = world_.machine(worker).host();
  for (const Session& session : SessionsOf(host, world_.id().Nqn())) {
    if (line != fmt::format("write /sys/class/nvme/{}/delete_controller", session.controller)) {
      continue;
    }
    const std::string user = DeviceUserAt(worker);
    if (user.empty() || !IsAdmitted(world_, session.host_nqn)) return;
    world_.Tell(fmt::format("worker-{}: disconnected under {}", worker, user));
  }
}

void Invariants::CheckRemoval(int worker, const std::string& line) {
  const std::string path = line.substr(line.find(' ') + 1);
  for (const Mount& mount : world_.machine(worker).mounts()) {
    if (!path.starts_with(mount.target + "/")) continue;
    world_.Tell(fmt::format("worker-{}: {} inside of the volume", worker, line));
  }
}

void Invariants::CheckAfter(const Step& step, const absl::Status& answer) {
  CheckAnswer(step, answer);
  CheckRds();
  for (int worker = 1; worker <= kWorkers; ++worker) {
    CheckMachine(worker);
    CheckPages(worker);
    for (const std::string& line : world_.machine(worker).host().WrongFlushes()) {
      world_.Tell(fmt::format("worker-{}: old pages were written: {}", worker, line));
    }
  }
}

void Invariants::CheckAnswer(const Step& step, const absl::Status& answer) {
  using Code = absl::StatusCode;
  const bool vague = answer.code() == Code::kUnknown || answer.code() == Code::kInvalidArgument ||
                     answer.code() == Code::kUnimplemented || answer.code() == Code::kDataLoss;
  if (vague || (!answer.ok() && answer.message().empty())) {
    world_.Tell(fmt::format("{} answers {}", Shown(step), answer.ToString()));
  }
}

// Pages of an attachment that the RDS no longer admits must get lost (STL-8); others must not.
void Invariants::CheckPages(int worker) {
  const std::vector<std::string> journal = world_.machine(worker).host().journal();
  for (size_t& i = journal_seen_[worker]; i < journal.size(); ++i) {
    const std::string& line = journal[i];
    if (!line.starts_with("lost pages ")) continue;
    if (!IsAdmitted(world_, line.substr(line.rfind(' ') + 1))) continue;
    world_.Tell(fmt::format("worker-{}: {}", worker, line));
  }
}

void Invariants::ForgetPages(int worker) {
  journal_seen_[worker] = world_.machine(worker).host().journal().size();
}

}  // namespace rds_csi::crash
