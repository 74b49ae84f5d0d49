// SPDX-License-Identifier: Apache-2.0
#include "machine.h"

#include <fmt/format.h>

#include "model/paths.h"
#include "node/adopt.h"
#include "reports.h"

namespace rds_csi::world {
namespace {

constexpr char kKubelet[] = "/var/lib/kubelet";
constexpr char kPlugins[] = "/var/lib/kubelet/plugins/kubernetes.io/csi";
constexpr char kBootId[] = "/proc/sys/kernel/random/boot_id";

std::string VolDataFolder(const Claim& claim) {
  const std::string& id = claim.id.str();
  return claim.block() ? fmt::format("{}/volumeDevices/{}/data", kPlugins, id)
                       : fmt::format("{}/rds.csi.srvlab.io/of-{}", kPlugins, id);
}

NodeConfig ConfigOf(int number, int anchor_seconds) {
  return {.node = *NodeId::Parse(fmt::format("worker-{}", number)),
          .cluster_id = "cluster",
          .kubelet_dir = kKubelet,
          .state_dir = "/var/lib/rds-csi",
          .anchor_seconds = anchor_seconds};
}

}  // namespace

// One worker: what is done to several volumes is done in the same order in every run.
Machine::Plugin::Plugin(Machine& machine)
    : quarantine(machine.host_.host().exec),
      keeper({machine.host_.host(), machine.config_, NoReports(), quarantine}, locks,
             /*workers=*/1) {}

Machine::Machine(int number, int anchor_seconds) : config_(ConfigOf(number, anchor_seconds)) {
  host_.AddDirectory(config_.state_dir + "/staged");
  host_.AddFile(kBootId, fmt::format("boot-{}\n", ++boots_));
  plugin_ = std::make_unique<Plugin>(*this);
}

void Machine::AddVolume(const Claim& claim) {
  host_.AddDirectory(ParentOf(VolDataFolder(claim)));
  if (claim.block()) host_.AddDirectory(ParentOf(StagingPath(claim)));
  for (int place = 1; place <= kPlaces; ++place) {
    host_.AddDirectory(ParentOf(ParentOf(TargetPath(claim, place))));
  }
  host_.Export(claim.id.Nqn(), 0).exported = false;
}

Node Machine::node() { return {host_.host(), config_, NoReports(), plugin_->quarantine}; }

void Machine::Start() {
  plugin_ = std::make_unique<Plugin>(*this);
  AdoptStaged(node(), host_.clock().Now() + absl::Seconds(30)).IgnoreError();
}

void Machine::LosePower() {
  host_.Reboot();
  host_.AddFile(kBootId, fmt::format("boot-{}\n", ++boots_));
}

std::string Machine::StagingPath(const Claim& claim) {
  return claim.block() ? fmt::format("{}/volumeDevices/staging/{}", kPlugins, claim.id.str())
                       : VolDataFolder(claim) + "/globalmount";
}

std::string Machine::TargetPath(const Claim& claim, int place) {
  const std::string& id = claim.id.str();
  return claim.block() ? fmt::format("{}/volumeDevices/publish/{}/pod-{}", kPlugins, id, place)
                       : fmt::format("{}/pods/pod-{}/volumes/kubernetes.io~csi/{}/mount", kKubelet,
                                     place, id);
}

void Machine::BeforeStage(const Claim& claim) {
  host_.AddDirectory(VolDataFolder(claim));
  if (claim.block()) host_.AddDirectory(StagingPath(claim));
  host_.AddFile(VolDataFolder(claim) + "/vol_data.json",
                fmt::format(R"({{"volumeHandle":"{}"}})", claim.id.str()));
}

void Machine::AfterUnstage(const Claim& claim) {
  Files& files = host_.host().files;
  files.RemoveDirectory(StagingPath(claim)).IgnoreError();
  files.RemoveFile(VolDataFolder(claim) + "/vol_data.json").IgnoreError();
  files.RemoveDirectory(VolDataFolder(claim)).IgnoreError();
}

void Machine::BeforePublish(const Claim& claim, int place) {
  host_.AddDirectory(ParentOf(TargetPath(claim, place)));
}

void Machine::AfterUnpublish(const Claim& claim, int place) {
  host_.host().files.RemoveDirectory(TargetPath(claim, place)).IgnoreError();
  host_.host().files.RemoveDirectory(ParentOf(TargetPath(claim, place))).IgnoreError();
}

}  // namespace rds_csi::world
