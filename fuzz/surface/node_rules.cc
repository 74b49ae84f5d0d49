// SPDX-License-Identifier: Apache-2.0
#include "fuzz/surface/node_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "fuzz/fuzz.h"
#include "model/volume_id.h"

namespace rds_csi::surface {
namespace {

constexpr std::string_view kPlaces[] = {"/var/lib/kubelet/", "/var/lib/rds-csi/",
                                        "/sys/kernel/config/nvmet/"};
constexpr std::string_view kVerbsOfPaths[] = {"mkdir ",   "rmdir ",   "unlink ", "create ",
                                              "replace ", "symlink ", "unmount "};

// A link that leads out of kubelet's directory.
constexpr std::string_view kWayOut = "/var/lib/kubelet/link/";

std::string NqnOf(const std::string& volume) { return VolumeId::Parse(volume)->Nqn(); }

void CheckPath(std::string_view path) {
  const bool inside =
      std::ranges::any_of(kPlaces, [&](std::string_view place) { return path.starts_with(place); });
  Require(inside, "nothing is changed outside of our places");
  Require(!path.starts_with(kWayOut), "nothing is changed behind a link that leads out");
}

// A folder that one of our places lies in, and that could not be seen to be there.
bool IsOnTheWay(const std::string& path) {
  return std::ranges::any_of(kPlaces,
                             [&](std::string_view place) { return place.starts_with(path + "/"); });
}

// The controllers of a volume that go to the RDS.
bool IsToRds(FakeHost& machine, const std::string& controller) {
  const std::string address = machine.ReadFile("/sys/class/nvme/" + controller + "/address");
  return !address.starts_with("traddr=127.");
}

std::string Attribute(FakeHost& machine, const std::string& controller, const char* name) {
  return std::string(Trim(machine.ReadFile("/sys/class/nvme/" + controller + "/" + name)));
}

}  // namespace

NodeRules::NodeRules(FakeHost& machine, std::vector<std::string> volumes)
    : machine_(machine), nqns_(std::move(volumes)) {
  std::ranges::transform(nqns_, nqns_.begin(), NqnOf);
}

void NodeRules::NoteCall(const Message& request) {
  NoteRound();
  staged_as_.clear();
  const auto* stage = dynamic_cast<const csi::v1::NodeStageVolumeRequest*>(&request);
  if (stage == nullptr) return;
  const auto host = stage->publish_context().find("host_nqn");
  staged_as_ = host == stage->publish_context().end() ? "the former driver's" : host->second;
}

void NodeRules::NoteFault(std::string_view act) { is_blind_ = is_blind_ || act == "openers"; }

void NodeRules::CheckEffect(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (line.starts_with("mkdir ") && IsOnTheWay(line.substr(6))) return;
  for (const std::string_view verb : kVerbsOfPaths) {
    if (line.starts_with(verb)) CheckPath(std::string_view(line).substr(verb.size()));
  }
  const std::vector<std::string_view> words = Words(line);
  if (line.starts_with("mount ") || line.starts_with("bind ")) CheckPath(words.at(2));
  if (line.starts_with("mount ")) began_by_.erase(VolumeAt(std::string(words.at(1))));
  if (line.starts_with("connect ")) {
    for (const std::string& nqn : nqns_) {
      if (line.find(",nqn=" + nqn + ",") != std::string::npos) made_.insert(nqn);
    }
  }
  if (line.starts_with("mkfs.")) CheckFormat(std::string(words.back()));
  constexpr std::string_view kController = "write /sys/class/nvme/";
  if (line.starts_with(kController) && line.ends_with("/delete_controller")) {
    CheckDisconnect(std::string(Split(line, '/').at(4)));
  }
}

std::string NodeRules::VolumeAt(const std::string& device) const {
  for (const std::string& nqn : nqns_) {
    if (std::ranges::count(machine_.DevicesOf(nqn), device) > 0) return nqn;
  }
  return "";
}

void NodeRules::CheckFormat(const std::string& device) {
  const std::string nqn = VolumeAt(device);
  Require(!nqn.empty(), "only the device of a volume is formatted");
  std::string host;
  for (const std::string& controller : machine_.ControllersOf(nqn)) {
    if (IsToRds(machine_, controller)) host = Attribute(machine_, controller, "hostnqn");
  }
  const bool unfinished = began_by_.contains(nqn) && began_by_[nqn] == host && !host.empty();
  Require(machine_.target(nqn).contents == "blank" || unfinished, "nothing is formatted over data");
  began_by_[nqn] = host;
}

bool NodeRules::IsOver(const std::string& nqn) {
  const std::string record =
      fmt::format("/var/lib/rds-csi/staged/{}.json", nqn.substr(kNqnPrefix.size()));
  return machine_.ReadFile(record).find(R"("phase":"evicting")") != std::string::npos;
}

void NodeRules::CheckDisconnect(const std::string& controller) {
  const std::string nqn = Attribute(machine_, controller, "subsysnqn");
  if (std::ranges::count(nqns_, nqn) == 0 || !IsToRds(machine_, controller)) return;
  if (made_.contains(nqn)) return;
  const FakeTarget& target = machine_.target(nqn);
  const std::string host = Attribute(machine_, controller, "hostnqn");
  if (is_blind_ || IsOver(nqn) || (!staged_as_.empty() && staged_as_ != host)) return;
  const bool admitted = target.exported && (target.hosts.empty() || target.hosts.contains(host));
  if (!admitted || Attribute(machine_, controller, "state") != "live") return;
  const auto mounts = machine_.host().mounts.List();
  if (!mounts.ok()) return;
  for (const std::string& device : machine_.DevicesOf(nqn)) {
    const bool mounted = std::ranges::any_of(*mounts, [&](const Mount& mount) {
      return mount.source == device || "/dev" + mount.root == device;
    });
    Require(!mounted, "nothing is disconnected that is mounted and that the RDS admits");
  }
}

void NodeRules::CheckStaged(const csi::v1::NodeStageVolumeRequest& request) {
  const std::string nqn = NqnOf(request.volume_id());
  const std::string& staging = request.staging_target_path();
  const std::vector<std::string> devices = machine_.DevicesOf(nqn);
  Require(devices.size() == 1, "what is staged is connected");
  if (request.volume_capability().has_block()) {
    const std::string recorded = machine_.ReadFile(staging + "/device");
    Require(Trim(recorded) == devices.front(), "the device of a staged block volume is recorded");
    Require(machine_.mounts_at(staging).empty(), "and not inside of a filesystem");
  } else {
    Require(machine_.mounts_at(staging).size() == 1, "what is staged is mounted, once");
  }
  const auto host = request.publish_context().find("host_nqn");
  if (host == request.publish_context().end()) return;
  for (const std::string& controller : machine_.ControllersOf(nqn)) {
    const bool ours = Attribute(machine_, controller, "hostnqn") == host->second;
    Require(ours || !IsToRds(machine_, controller), "it is connected as this attachment alone");
  }
}

void NodeRules::CheckAfter(const Asked& asked, size_t journal_before) {
  staged_as_.clear();
  is_blind_ = false;
  if (asked.status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) {
    Require(machine_.journal().size() == journal_before, "an invalid request changes nothing");
  }
  Require(machine_.WrongFlushes().empty(), "no page is written by another attachment");
  if (const auto* staged = asked.Granted<csi::v1::NodeStageVolumeRequest>()) {
    CheckStaged(*staged);
  } else if (const auto* unstaged = asked.Granted<csi::v1::NodeUnstageVolumeRequest>()) {
    Require(machine_.mounts_at(unstaged->staging_target_path()).empty(),
            "what is unstaged is not mounted");
    Require(machine_.DevicesOf(NqnOf(unstaged->volume_id())).empty(), "nor connected");
  } else if (const auto* published = asked.Granted<csi::v1::NodePublishVolumeRequest>()) {
    const std::vector<Mount> mounts = machine_.mounts_at(published->target_path());
    Require(mounts.size() == 1, "what is published is mounted, once");
    Require(!published->readonly() || mounts.front().read_only(), "read-only holds");
  } else if (const auto* unpublished = asked.Granted<csi::v1::NodeUnpublishVolumeRequest>()) {
    Require(machine_.mounts_at(unpublished->target_path()).empty(),
            "what is unpublished is not mounted");
  }
}

}  // namespace rds_csi::surface
