// SPDX-License-Identifier: Apache-2.0
#include "invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "controller/admit.h"
#include "model/ledger.h"
#include "nvme/subsystem.h"
#include "site.h"

namespace rds_csi::world {
namespace {

using Hosts = std::set<std::string>;

const RosRecord* RowOf(Site& site, const Claim& claim) {
  const std::string slot = claim.id.Slot();
  return site.rds().HasDisk(slot) ? &site.rds().Disk(slot) : nullptr;
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

// "mount /dev/nvme0n1 /var/… ext4"
std::string DeviceIn(const std::string& line) {
  const size_t begin = line.find(' ') + 1;
  return line.substr(begin, line.find(' ', begin) - begin);
}

}  // namespace

bool AdmitsEverybody(const RosRecord& row) {
  return row.at("nvme-tcp-export") == "true" && HostsIn(row).empty();
}

bool IsAdmitted(Site& site, const Claim& claim, const std::string& host_nqn) {
  const RosRecord* row = RowOf(site, claim);
  if (row == nullptr || row->at("nvme-tcp-export") != "true") return false;
  const Hosts hosts = HostsIn(*row);
  return hosts.empty() || hosts.contains(host_nqn);
}

bool IsAttached(Site& site, const Claim& claim, const std::string& host_nqn) {
  if (!IsAdmitted(site, claim, host_nqn)) return false;
  const absl::StatusOr<Ledger> ledger = ParseLedger(RowOf(site, claim)->at("comment"));
  if (!ledger.ok()) return false;
  const std::vector<std::string> hosts = FenceOf(*ledger).host_nqns;
  return std::ranges::find(hosts, host_nqn) != hosts.end();
}

void Invariants::CheckRds() {
  const RosRecord* row = RowOf(site_, claim_);
  if (row == nullptr) return CheckGone();
  if (std::exchange(file_, row->at("file-path")) != row->at("file-path")) {
    attached_.clear();
    detached_.clear();
  }
  const absl::StatusOr<Ledger> ledger = ParseLedger(row->at("comment"));
  if (ledger.ok()) CheckAttachments(*ledger);
  if (excused_) return;
  if (!AdmitsEverybody(*row)) CheckWriters();
  const bool lists = site_.behaviour().allow_host_is_list;
  const std::string wrong =
      ledger.ok() ? WrongWith(*row, *ledger, lists) : "its ledger cannot be read";
  if (!wrong.empty()) site_.Tell(fmt::format("{} on the RDS: {}", claim_.id.str(), wrong));
}

void Invariants::CheckGone() {
  if (excused_) return;
  if (!attached_.empty()) {
    site_.Tell(fmt::format("{} was deleted while it was attached", claim_.id.str()));
  }
  file_.clear();
  attached_.clear();
  detached_.clear();
}

// A disk that a person has removed, and that was not put back: its ledger went with it.
void Invariants::Excuse(bool excused) {
  excused_ = excused;
  if (!excused && RowOf(site_, claim_) == nullptr) attached_.clear();
}

void Invariants::CheckWriters() {
  std::vector<std::string> writers;
  for (int worker = 1; worker <= site_.workers(); ++worker) {
    const auto sessions = SessionsOf(site_.machine(worker).host(), claim_.id.Nqn());
    if (std::ranges::any_of(sessions, [](const auto& each) { return each.state == "live"; })) {
      writers.push_back(fmt::format("worker-{}", worker));
    }
  }
  const size_t most = claim_.shared ? 2 : 1;
  if (writers.size() <= most) return;
  site_.Tell(fmt::format("{} can be written by {}", claim_.id.str(), Join(writers, ", ")));
}

void Invariants::CheckAttachments(const Ledger& ledger) {
  for (const Attachment& before : attached_) {
    if (std::ranges::find(ledger.attachments, before) != ledger.attachments.end()) continue;
    detached_.insert(before.generation);
    for (const int worker : site_.WorkersNamed(before.node)) {
      if (claim_.let_go.contains(worker) || excused_ || !IsWantedAt(before.node)) continue;
      site_.Tell(fmt::format("{} was taken away from worker-{}", claim_.id.str(), worker));
    }
  }
  for (const Attachment& now : ledger.attachments) {
    if (!detached_.contains(now.generation)) continue;
    site_.Tell(fmt::format("{}: there is an attachment {} again", claim_.id.str(), now.generation));
  }
  attached_ = ledger.attachments;
}

bool Invariants::IsWantedAt(const NodeId& node) {
  return std::ranges::any_of(*site_.cluster().wanted, [&](const WantedAttachment& each) {
    return each.volume == claim_.id && each.node == node;
  });
}

void Invariants::CheckMachine(int worker) {
  FakeHost& host = site_.machine(worker).host();
  std::set<std::string> targets;
  for (const Mount& mount : site_.machine(worker).mounts()) {
    if (!targets.insert(mount.target).second) {
      site_.Tell(fmt::format("worker-{}: two mounts at {}", worker, mount.target));
    }
  }
  if (excused_) return;
  for (const Session& session : SessionsOf(host, claim_.id.Nqn())) {
    if (session.state != "live" || IsAdmitted(site_, claim_, session.host_nqn)) continue;
    site_.Tell(fmt::format("worker-{}: {} has a session that the RDS does not admit", worker,
                           session.host_nqn));
  }
}

void Invariants::CheckAct(int worker, const std::string& line) {
  if (line.starts_with("mkfs.")) CheckFormat(worker, line);
  if (line.starts_with("mount /dev/") && IsItsDevice(worker, DeviceIn(line))) formatted_by_.clear();
  if (line.ends_with("/delete_controller")) CheckDisconnect(worker, line);
  if (line.starts_with("unlink ") || line.starts_with("rmdir ")) CheckRemoval(worker, line);
}

bool Invariants::IsItsDevice(int worker, const std::string& path) const {
  const auto device = FindNamespace(site_.machine(worker).host().host().files, claim_.id.Nqn());
  return device.ok() && *device && (*device)->device == path;
}

// What a node without a way to the RDS formats is no volume.
void Invariants::CheckFormat(int worker, const std::string& line) {
  if (!IsItsDevice(worker, line.substr(line.rfind(' ') + 1))) return;
  const std::string nqn = claim_.id.Nqn();
  for (const Session& session : SessionsOf(site_.machine(worker).host(), nqn)) {
    if (session.state != "live" && !IsAdmitted(site_, claim_, session.host_nqn)) continue;
    const std::string& contents = site_.network().Contents(nqn);
    const bool holds_something = contents != "blank" && !contents.empty();
    if (holds_something && session.host_nqn != formatted_by_) {
      site_.Tell(fmt::format("{} over {}", line, contents));
    }
    formatted_by_ = session.host_nqn;
  }
}

// Where the volume's device is mounted, or who has it open; empty: nobody.
std::string Invariants::DeviceUserAt(int worker) {
  FakeHost& host = site_.machine(worker).host();
  const auto device = FindNamespace(host.host().files, claim_.id.Nqn());
  if (!device.ok() || !*device) return "";
  if (site_.IsProtected(worker, (*device)->number)) return "a process";
  for (const Mount& mount : site_.machine(worker).mounts()) {
    const bool shows_node = mount.source == ToString((*device)->number);
    if (mount.number == (*device)->number || shows_node) return mount.target;
  }
  return "";
}

void Invariants::CheckDisconnect(int worker, const std::string& line) {
  FakeHost& host = site_.machine(worker).host();
  for (const Session& session : SessionsOf(host, claim_.id.Nqn())) {
    if (line != fmt::format("write /sys/class/nvme/{}/delete_controller", session.controller)) {
      continue;
    }
    const std::string user = DeviceUserAt(worker);
    if (user.empty() || !IsAttached(site_, claim_, session.host_nqn)) return;
    site_.Tell(fmt::format("worker-{}: disconnected under {}", worker, user));
  }
}

void Invariants::CheckRemoval(int worker, const std::string& line) {
  const std::string path = line.substr(line.find(' ') + 1);
  for (const Mount& mount : site_.machine(worker).mounts()) {
    if (!path.starts_with(mount.target + "/")) continue;
    site_.Tell(fmt::format("worker-{}: {} inside of the volume", worker, line));
  }
}

void Invariants::CheckAll() {
  CheckRds();
  for (int worker = 1; worker <= site_.workers(); ++worker) {
    CheckMachine(worker);
    CheckPages(worker);
    for (const std::string& line : site_.machine(worker).host().WrongFlushes()) {
      site_.Tell(fmt::format("worker-{}: old pages were written: {}", worker, line));
    }
  }
}

std::string WrongWith(const absl::Status& answer) {
  using Code = absl::StatusCode;
  const bool vague = answer.code() == Code::kUnknown || answer.code() == Code::kInvalidArgument ||
                     answer.code() == Code::kUnimplemented || answer.code() == Code::kDataLoss;
  return vague || (!answer.ok() && answer.message().empty()) ? answer.ToString() : "";
}

// Pages of an attachment that the RDS no longer admits must get lost (STL-8); others must not.
void Invariants::CheckPages(int worker) {
  const std::vector<std::string> journal = site_.machine(worker).host().journal();
  for (size_t& i = journal_seen_[worker]; i < journal.size(); ++i) {
    const std::string& line = journal[i];
    if (!line.starts_with(fmt::format("lost pages {} ", claim_.id.Nqn()))) continue;
    if (!IsAttached(site_, claim_, line.substr(line.rfind(' ') + 1))) continue;
    site_.Tell(fmt::format("worker-{}: {}", worker, line));
  }
}

void Invariants::ForgetPages(int worker) {
  journal_seen_[worker] = site_.machine(worker).host().journal().size();
}

}  // namespace rds_csi::world
