// SPDX-License-Identifier: Apache-2.0
#include "machine.h"

#include <fmt/format.h>

#include "model/paths.h"
#include "node/adopt.h"

namespace rds_csi::crash {
namespace {

constexpr char kKubelet[] = "/var/lib/kubelet";
constexpr char kPlugins[] = "/var/lib/kubelet/plugins/kubernetes.io/csi";
constexpr char kBootId[] = "/proc/sys/kernel/random/boot_id";

std::string VolDataFolder(bool block) {
  return block ? fmt::format("{}/volumeDevices/{}/data", kPlugins, kPersistentVolume)
               : fmt::format("{}/rds.csi.srvlab.io/4f2a", kPlugins);
}

NodeConfig ConfigOf(int number, int anchor_seconds) {
  return {.node = *NodeId::Parse(fmt::format("worker-{}", number)),
          .cluster_id = "cluster",
          .kubelet_dir = kKubelet,
          .state_dir = "/var/lib/rds-csi",
          .anchor_seconds = anchor_seconds};
}

}  // namespace

Machine::Plugin::Plugin(Machine& machine)
    : quarantine(machine.host_.host().exec),
      keeper({machine.host_.host(), machine.config_, machine.reports_, quarantine}, locks) {}

Machine::Machine(int number, int anchor_seconds, bool block)
    : config_(ConfigOf(number, anchor_seconds)), block_(block) {
  host_.AddDirectory(config_.state_dir + "/staged");
  host_.AddDirectory(ParentOf(VolDataFolder(block)));
  if (block) host_.AddDirectory(ParentOf(staging_path()));
  for (const int place : {1, 2}) host_.AddDirectory(ParentOf(ParentOf(target_path(place))));
  host_.Export(VolumeId::Parse(kPersistentVolume)->Nqn(), 0).exported = false;
  host_.AddFile(kBootId, fmt::format("boot-{}\n", ++boots_));
  plugin_ = std::make_unique<Plugin>(*this);
}

void Machine::Start() {
  plugin_ = std::make_unique<Plugin>(*this);
  AdoptStaged(node(), host_.clock().Now() + absl::Seconds(30)).IgnoreError();
}

void Machine::LosePower() {
  host_.Reboot();
  host_.AddFile(kBootId, fmt::format("boot-{}\n", ++boots_));
  Start();
}

std::string Machine::staging_path() const {
  return block_ ? fmt::format("{}/volumeDevices/staging/{}", kPlugins, kPersistentVolume)
                : VolDataFolder(false) + "/globalmount";
}

std::string Machine::target_path(int place) const {
  return block_
             ? fmt::format("{}/volumeDevices/publish/{}/pod-{}", kPlugins, kPersistentVolume, place)
             : fmt::format("{}/pods/pod-{}/volumes/kubernetes.io~csi/{}/mount", kKubelet, place,
                           kPersistentVolume);
}

void Machine::BeforeStage() {
  host_.AddDirectory(VolDataFolder(block_));
  if (block_) host_.AddDirectory(staging_path());
  host_.AddFile(VolDataFolder(block_) + "/vol_data.json",
                fmt::format(R"({{"volumeHandle":"{}"}})", kPersistentVolume));
}

void Machine::AfterUnstage() {
  Files& files = host_.host().files;
  files.RemoveDirectory(staging_path()).IgnoreError();
  files.RemoveFile(VolDataFolder(block_) + "/vol_data.json").IgnoreError();
  files.RemoveDirectory(VolDataFolder(block_)).IgnoreError();
}

void Machine::BeforePublish(int place) { host_.AddDirectory(ParentOf(target_path(place))); }

void Machine::AfterUnpublish(int place) {
  host_.host().files.RemoveDirectory(target_path(place)).IgnoreError();
  host_.host().files.RemoveDirectory(ParentOf(target_path(place))).IgnoreError();
}

}  // namespace rds_csi::crash
