// SPDX-License-Identifier: Apache-2.0
#include "fuzz/surface/controller_world.h"

#include <algorithm>
#include <iterator>

#include "csi.grpc.pb.h"
#include "csi/controller_service.h"
#include "fuzz/fuzz.h"

namespace rds_csi::surface {
namespace {

using Service = csi::v1::Controller::Service;
using Fault = FakeRouterOs::Fault;

constexpr int64_t kGibibyte = int64_t{1} << 30;
constexpr const char* kVolumes[] = {"pvc-1", "pvc-2", "legacy", "other", "broken", "nobody"};
constexpr const char* kNodes[] = {"worker-1", "worker-2", "gone"};
constexpr const char* kProperties[] = {"comment",
                                       "nvme-tcp-export",
                                       "nvme-tcp-server-allow-host-name",
                                       "nvme-tcp-server-nqn",
                                       "size",
                                       "file-path",
                                       "slot",
                                       "type"};
constexpr const char* kCommands[] = {"/disk print",  "/disk add",   "/disk set",
                                     "/disk remove", "/file print", "/file remove"};

const std::vector<Rpc>& AllRpcs() {
  static const std::vector<Rpc> rpcs = {MakeRpc('c', &Service::CreateVolume),
                                        MakeRpc('d', &Service::DeleteVolume),
                                        MakeRpc('a', &Service::ControllerPublishVolume),
                                        MakeRpc('u', &Service::ControllerUnpublishVolume),
                                        MakeRpc('v', &Service::ValidateVolumeCapabilities),
                                        MakeRpc('l', &Service::ListVolumes),
                                        MakeRpc('r', &Service::GetCapacity),
                                        MakeRpc('C', &Service::ControllerGetCapabilities),
                                        MakeRpc('s', &Service::CreateSnapshot),
                                        MakeRpc('S', &Service::DeleteSnapshot),
                                        MakeRpc('L', &Service::ListSnapshots),
                                        MakeRpc('G', &Service::GetSnapshot),
                                        MakeRpc('e', &Service::ControllerExpandVolume),
                                        MakeRpc('g', &Service::ControllerGetVolume),
                                        MakeRpc('m', &Service::ControllerModifyVolume),
                                        MakeRpc('h', &Service::ControllerGetVolumeHealth),
                                        MakeRpc('H', &Service::ControllerListVolumeHealth)};
  return rpcs;
}

ControllerConfig Config() {
  return {.cluster_id = "cluster",
          .base_paths = {"/storage-pool/csi", "/storage-pool/more"},
          .rds_address = "rds.example",
          .nvme = {"10.0.0.1", 4420}};
}

const AuditLog& NoAudit() {
  static const AuditLog log({{"driver", "rds.example"}}, [](const std::string& line) {
    Require(line.find('\n') == line.size() - 1, "an audit line is one line");
  });
  return log;
}

Metrics& AllMetrics() {
  static Metrics metrics("1", "controller");
  return metrics;
}

// A volume that another cluster, or nobody any more, has.
void AddForeign(FakeRouterOs& rds, const std::string& id, const std::string& comment) {
  RosRecord& row = rds.AddLegacyDisk(id, kGibibyte);
  row["slot"] = VolumeId::Parse(id)->Slot();
  row["comment"] = comment;
}

}  // namespace

ControllerWorld::Plugin::Plugin(ControllerWorld& world)
    : volumes(world.rds_, world.behaviour_, [] { return std::string("1a2b3c4d"); }),
      rpcs(world.clock_, NoAudit(), AllMetrics()),
      service(NewControllerService(
          rpcs,
          {volumes, room, listing, world.cluster_, world.reports_, world.clock_, world.config_},
          TopologySegment{"topology.x/zone", "a"})) {}

ControllerWorld::ControllerWorld() : config_(Config()), behaviour_() {
  RequireAll(AllRpcs(), "csi.v1.Controller");
  rds_.AddLegacyDisk("legacy", kGibibyte);
  AddForeign(rds_, "other", "rds-csi:1,c=elsewhere,v=other,i=1a2b3c4d,o=blank,g=0,e=0");
  AddForeign(rds_, "broken", "rds-csi:1,c=cluster,v=broken,i=1a2b3c4d,o=bl");
  rds_.before = [this](const RosCommand& command) { rules_.CheckCommand(command); };
  cluster_.gone = {"gone"};
  plugin_ = std::make_unique<Plugin>(*this);
}

void ControllerWorld::Take(Choices line) {
  const char letter = line.Letter();
  const auto rpc = std::ranges::find(AllRpcs(), letter, &Rpc::letter);
  if (rpc == AllRpcs().end()) return Happen(letter, line);
  CallOne(*rpc, line);
}

Good ControllerWorld::PickGood(Choices& choices) {
  const std::string volume = choices.Of(kVolumes);
  Good good;
  good.texts = {{"name", volume}, {"volume_id", volume}, {"node_id", choices.Of(kNodes)}};
  good.capability = PickCapability(choices);
  good.range.set_required_bytes(kGibibyte * static_cast<int64_t>(1 + choices.Pick(3)));
  if (const auto made = contexts_.find(volume); made != contexts_.end()) {
    good.maps = {{"volume_context", made->second}};
  }
  return good;
}

void ControllerWorld::CallOne(const Rpc& rpc, Choices& choices) {
  const Good good = PickGood(choices);
  const size_t journal_before = rds_.journal.size();
  const auto is_calm = [this](const Message&) { return is_calm_; };
  const Asked asked = Ask(*plugin_->service, rpc, good, is_calm, choices);
  rules_.CheckAfter(asked, journal_before);
  if (const auto* created = asked.Granted<csi::v1::CreateVolumeRequest>()) {
    const auto& answer = dynamic_cast<const csi::v1::CreateVolumeResponse&>(*asked.response);
    const auto& context = answer.volume().volume_context();
    contexts_[created->name()] = StringMap(context.begin(), context.end());
  }
}

void ControllerWorld::Happen(char letter, Choices& choices) {
  switch (letter) {
    case 'T':  // time passes
      return clock_.Advance(absl::Minutes(1));
    case 'P':  // the plugin is started anew
      plugin_ = std::make_unique<Plugin>(*this);
      return;
    case 'K':
      return ChangeCluster(choices);
    case 'F':
      is_calm_ = false;
      return Break(choices);
    case 'M':
      is_calm_ = false;
      return Meddle(choices);
    default:
      return;
  }
}

// The RDS fails: once, or from now on.
void ControllerWorld::Break(Choices& choices) {
  constexpr Fault kFaults[] = {Fault::kUnreachable, Fault::kLostReply, Fault::kNeverArrives};
  switch (choices.Pick(4)) {
    case 0: {
      const char* command = choices.Of(kCommands);
      return rds_.FailNext(command, choices.Of(kFaults));
    }
    case 1:
      rds_.unreachable = !rds_.unreachable;
      return;
    case 2:
      rds_.read_only = !rds_.read_only;
      return;
    default:
      if (const char* property = choices.Of(kProperties); !rds_.ignores.erase(property)) {
        rds_.ignores.insert(property);
      }
      return;
  }
}

// Somebody changes a disk by hand, or removes it.
void ControllerWorld::Meddle(Choices& choices) {
  const VolumeId id = *VolumeId::Parse(choices.Of(kVolumes));
  const std::string slot = rds_.HasDisk(id.Slot()) ? id.Slot() : id.str();
  if (!rds_.HasDisk(slot)) return;
  if (choices.Flip()) {
    std::erase_if(rds_.disks, [&](const RosRecord& row) { return row.at("slot") == slot; });
    return;
  }
  const std::string property = choices.Of(kProperties);
  rds_.Disk(slot)[property] = choices.Text();
}

void ControllerWorld::ChangeCluster(Choices& choices) {
  switch (choices.Pick(3)) {
    case 0: {
      const char* volume = choices.Of(kVolumes);
      return cluster_.Want(volume, choices.Of(kNodes));
    }
    case 1:
      if (const char* node = choices.Of(kNodes); !cluster_.gone.erase(node)) {
        cluster_.gone.insert(node);
      }
      return;
    default:
      is_calm_ = false;
      cluster_.silent = !cluster_.silent;
      return;
  }
}

}  // namespace rds_csi::surface
