// SPDX-License-Identifier: Apache-2.0
#include "fuzz/surface/node_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "csi.grpc.pb.h"
#include "csi/identity_service.h"
#include "csi/node_service.h"
#include "fuzz/fuzz.h"
#include "model/contexts.h"
#include "node/adopt.h"

namespace rds_csi::surface {
namespace {

using Service = csi::v1::Node::Service;
using Identity = csi::v1::Identity::Service;

constexpr int64_t kGibibyte = int64_t{1} << 30;
constexpr char kKubelet[] = "/var/lib/kubelet";
constexpr const char* kVolumes[] = {"pvc-1", "pvc-2", "nobody"};

const std::vector<Rpc>& NodeRpcs() {
  static const std::vector<Rpc> rpcs = {
      MakeRpc('s', &Service::NodeStageVolume),     MakeRpc('z', &Service::NodeUnstageVolume),
      MakeRpc('p', &Service::NodePublishVolume),   MakeRpc('q', &Service::NodeUnpublishVolume),
      MakeRpc('u', &Service::NodeGetVolumeStats),  MakeRpc('e', &Service::NodeExpandVolume),
      MakeRpc('C', &Service::NodeGetCapabilities), MakeRpc('I', &Service::NodeGetInfo),
      MakeRpc('h', &Service::NodeGetVolumeHealth), MakeRpc('H', &Service::NodeGetStorageHealth)};
  return rpcs;
}

const std::vector<Rpc>& IdentityRpcs() {
  static const std::vector<Rpc> rpcs = {MakeRpc('i', &Identity::GetPluginInfo),
                                        MakeRpc('c', &Identity::GetPluginCapabilities),
                                        MakeRpc('r', &Identity::Probe)};
  return rpcs;
}

NodeConfig Config() {
  return {.node = *NodeId::Parse("worker-1"),
          .cluster_id = "cluster",
          .kubelet_dir = kKubelet,
          .state_dir = "/var/lib/rds-csi",
          .anchor_seconds = 600};
}

const AuditLog& CheckedAudit() {
  static const AuditLog log({{"driver", "rds.example"}}, [](const std::string& line) {
    Require(line.find('\n') == line.size() - 1, "an audit line is one line");
  });
  return log;
}

Metrics& AllMetrics() {
  static Metrics metrics("1", "node");
  return metrics;
}

const Readiness& Ready() {
  static const Readiness ready([](absl::Time) { return absl::OkStatus(); });
  return ready;
}

std::string StagingPath(const std::string& volume) {
  return fmt::format("{}/plugins/{}/globalmount", kKubelet, volume);
}

std::string TargetPath(const std::string& volume, size_t pod) {
  return fmt::format("{}/pods/{}/{}/mount", kKubelet, pod, volume);
}

bool HasTextsOf(const Good& good, const Message& request) {
  return std::ranges::all_of(good.texts, [&](const auto& text) {
    const auto* field = request.GetDescriptor()->FindFieldByName(std::string(text.first));
    return field == nullptr || request.GetReflection()->GetString(request, field) == text.second;
  });
}

}  // namespace

NodeWorld::Plugin::Plugin(NodeWorld& world)
    : quarantine(world.machine_.host().exec),
      rpcs(world.machine_.clock(), CheckedAudit(), AllMetrics()),
      keeper(world.MakeNode(quarantine), rpcs.locks()),
      node(NewNodeService(rpcs, world.MakeNode(quarantine), 0, std::nullopt)),
      identity(NewIdentityService(rpcs, {"rds.example", "1", false}, Ready())) {}

NodeWorld::NodeWorld()
    : config_(Config()), rules_(machine_, {std::begin(kVolumes), std::end(kVolumes)}) {
  RequireAll(NodeRpcs(), "csi.v1.Node");
  RequireAll(IdentityRpcs(), "csi.v1.Identity");
  machine_.AddDirectory("/var/lib/rds-csi/staged");
  machine_.AddDirectory("/etc");
  machine_.AddDirectory(kKubelet);
  machine_.AddSymbolicLink("/var/lib/kubelet/link", "/etc");
  for (const char* volume : kVolumes) {
    FakeTarget& target = machine_.Export(VolumeId::Parse(volume)->Nqn(), kGibibyte);
    generations_[volume] = 1;
    target.hosts = {IdentityOf(volume, 1).nqn};
  }
  machine_.target(VolumeId::Parse("nobody")->Nqn()).exported = false;
  machine_.SetOnEffect([this](const std::string& line) { rules_.CheckEffect(line); });
  Reboot();
}

Node NodeWorld::MakeNode(Quarantine& quarantine) {
  return {machine_.host(), config_, reports_, quarantine};
}

HostIdentity NodeWorld::IdentityOf(const std::string& volume, int64_t generation) const {
  return AttachmentIdentity(config_.cluster_id, config_.node, *VolumeId::Parse(volume), "1a2b3c4d",
                            generation);
}

void NodeWorld::Start() {
  plugin_ = std::make_unique<Plugin>(*this);
  AdoptStaged(MakeNode(plugin_->quarantine), machine_.clock().Now() + absl::Seconds(30))
      .IgnoreError();
}

void NodeWorld::Reboot() {
  machine_.Reboot();
  machine_.AddFile("/proc/sys/kernel/random/boot_id", fmt::format("boot-{}\n", ++boots_));
  Start();
}

void NodeWorld::Take(Choices line) {
  const char letter = line.Letter();
  if (const auto rpc = std::ranges::find(NodeRpcs(), letter, &Rpc::letter);
      rpc != NodeRpcs().end()) {
    return CallOne(*plugin_->node, *rpc, line);
  }
  if (const auto rpc = std::ranges::find(IdentityRpcs(), letter, &Rpc::letter);
      rpc != IdentityRpcs().end()) {
    return CallOne(*plugin_->identity, *rpc, line);
  }
  Happen(letter, line);
}

// Of the newest attachment, of the one before, or as the former driver attached it.
Good NodeWorld::PickGood(Choices& choices) {
  const std::string volume = choices.Of(kVolumes);
  const std::string target = TargetPath(volume, choices.Pick(3));
  Good good;
  good.capability = PickCapability(choices);
  const int64_t newest = generations_.at(volume);
  const int64_t generations[] = {newest, std::max<int64_t>(newest - 1, 1), 0};
  const int64_t generation = choices.Of(generations);
  PublishContext context = {.nvme = {"10.0.0.1", 4420},
                            .fs_type = "",
                            .host = IdentityOf(volume, generation),
                            .generation = generation,
                            .formatting = Formatting::kAllowed};
  if (choices.Flip()) context.formatting = Formatting::kNever;
  const std::string place = choices.Flip() ? StagingPath(volume) : target;
  const VolumeId id = *VolumeId::Parse(volume);
  VolumeContext of_volume;
  of_volume.rds_address = "rds";
  good.texts = {{"volume_id", volume},
                {"staging_target_path", StagingPath(volume)},
                {"target_path", target},
                {"volume_path", place},
                {"volume_publish_path", target}};
  good.maps = {{"publish_context", FormatPublishContext(id, context)},
               {"volume_context", FormatVolumeContext(id, of_volume)}};
  return good;
}

// A request about one volume with the paths of another meets trouble of its own making.
bool NodeWorld::IsCalmFor(const Message& request, const Good& good) const {
  if (!is_calm_ || !HasTextsOf(good, request)) return false;
  const auto* stage = dynamic_cast<const csi::v1::NodeStageVolumeRequest*>(&request);
  if (stage == nullptr) return true;
  const auto& publish = stage->publish_context();
  const auto& context = stage->volume_context();
  const std::string volume = good.texts.at("volume_id");
  const auto host = publish.find("host_nqn");
  return volume != "nobody" && host != publish.end() &&
         host->second == IdentityOf(volume, generations_.at(volume)).nqn &&
         StringMap(publish.begin(), publish.end()) == good.maps.at("publish_context") &&
         StringMap(context.begin(), context.end()) == good.maps.at("volume_context");
}

void NodeWorld::CallOne(grpc::Service& service, const Rpc& rpc, Choices& choices) {
  const Good good = PickGood(choices);
  const size_t journal_before = machine_.journal().size();
  bool was_calm = is_calm_;
  const auto is_calm = [&](const Message& request) {
    rules_.NoteCall(request);
    was_calm = IsCalmFor(request, good);
    return was_calm;
  };
  const Asked asked = Ask(service, rpc, good, is_calm, choices);
  // Trouble of its own making is met by others later.
  if (!was_calm && machine_.journal().size() != journal_before) is_calm_ = false;
  machine_.StopFailing();
  rules_.CheckAfter(asked, journal_before);
}

}  // namespace rds_csi::surface
