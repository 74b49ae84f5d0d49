// SPDX-License-Identifier: Apache-2.0
// The healthy world that the tests of the node's verbs start from: one volume, exported to one
// attachment, on a machine with an empty kubelet directory. Anchors are off, so that a test sees
// the effects of its verb alone; AnchoredTest has them.
#ifndef RDS_CSI_NODE_TESTING_H_
#define RDS_CSI_NODE_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "host/fake_host.h"
#include "node/node.h"
#include "node/publish.h"
#include "node/stage.h"
#include "node/unpublish.h"
#include "node/unstage.h"
#include "observe/kept_reports.h"

namespace rds_csi {

inline constexpr char kKubelet[] = "/var/lib/kubelet";
inline constexpr char kStaging[] = "/var/lib/kubelet/plugins/staging/pvc-1";
inline constexpr char kTarget[] = "/var/lib/kubelet/pods/1/volumes/pvc-1";
inline constexpr char kOtherTarget[] = "/var/lib/kubelet/pods/2/volumes/pvc-1";
inline constexpr char kDevice[] = "/dev/nvme0n1";
inline constexpr int64_t kVolumeSize = int64_t{1} << 30;

class NodeTest : public testing::Test {
 protected:
  NodeTest() {
    machine_.AddDirectory(kKubelet);
    machine_.AddDirectory("/var/lib/rds-csi/staged");
    SetBoot("boot-1");
    target_ = &machine_.Export(id_.Nqn(), kVolumeSize);
    target_->hosts = {identity_.nqn};
  }

  Node node() { return {machine_.host(), config_, reports_, quarantine_}; }
  void SetBoot(const std::string& id) {
    machine_.AddFile("/proc/sys/kernel/random/boot_id", id + "\n");
  }
  absl::Time Soon() { return machine_.clock().Now() + absl::Seconds(60); }

  StageRequest MakeStageRequest(bool block) const {
    return {.id = id_,
            .target = {.address = {"rds", 4420},
                       .nqn = id_.Nqn(),
                       .host = identity_,
                       .generation = 1,
                       .timeouts = {},
                       .fs_type = "",
                       .formatting = Formatting::kAllowed},
            .staging_path = kStaging,
            .capability = {.block = block, .fs_type = "", .mount_flags = {}, .mode = {}},
            .claim = {.name_space = "shop", .name = "orders"}};
  }
  // As the volume is staged after it was attached anew to this node.
  StageRequest MakeLaterRequest(bool block) {
    StageRequest request = MakeStageRequest(block);
    request.target.generation = 2;
    request.target.host = LaterIdentity();
    return request;
  }
  // Of an attachment of the volume to this node.
  HostIdentity Identity(int64_t generation, std::string_view incarnation = "1a2b3c4d") const {
    return AttachmentIdentity("cluster", config_.node, id_, incarnation, generation);
  }
  HostIdentity LaterIdentity() const { return Identity(2); }
  PublishRequest MakePublishRequest(bool block) const {
    return {.id = id_,
            .staging_path = kStaging,
            .target_path = kTarget,
            .capability = {.block = block, .fs_type = "", .mount_flags = {}, .mode = {}},
            .read_only = false};
  }

  absl::Status Stage(const StageRequest& request) { return StageVolume(node(), request, Soon()); }
  absl::Status Publish(const PublishRequest& request) {
    return PublishVolume(node(), request, Soon()).status();
  }
  absl::StatusOr<Warnings> Unpublish(const std::string& target) {
    return UnpublishVolume(node(), {.id = id_, .target_path = target}, Soon());
  }
  absl::StatusOr<Warnings> Unstage() {
    return UnstageVolume(node(), {.id = id_, .staging_path = kStaging}, Soon());
  }
  // Another volume, connected and mounted at this path.
  void MountAnotherVolume(const std::string& path) {
    const std::string nqn = VolumeId::Parse("pvc-2")->Nqn();
    machine_.Export(nqn, kVolumeSize);
    const std::string device = machine_.ConnectAs(nqn, "nqn.2014-08.org.example:somebody");
    machine_.AddMount(path, machine_.FindFile(device)->number, "ext4", device);
  }
  std::vector<std::string> Connected() { return machine_.DevicesOf(id_.Nqn()); }
  std::optional<StagedVolume> Record() { return *node().staged().Find(id_); }
  void SetPhase(StagePhase phase) {
    StagedVolume record = *Record();
    EXPECT_TRUE(node().staged().PutPhase(record, phase).ok());
  }
  // The messages of the reports with that reason.
  std::vector<std::string> Told(Reason reason) {
    std::vector<std::string> messages;
    for (const Report& report : reports_.All()) {
      if (report.reason == reason) messages.push_back(report.message);
    }
    return messages;
  }

  VolumeId id_ = *VolumeId::Parse("pvc-1");
  NodeConfig config_ = {.node = *NodeId::Parse("worker-1"),
                        .cluster_id = "cluster",
                        .kubelet_dir = kKubelet,
                        .state_dir = "/var/lib/rds-csi",
                        .anchor_seconds = 0};
  HostIdentity identity_ = Identity(1);
  FakeHost machine_;
  KeptReports reports_;
  Quarantine quarantine_{machine_.host().exec};
  FakeTarget* target_;
};

// Volumes have anchors that wait for ten minutes.
class AnchoredTest : public NodeTest {
 protected:
  AnchoredTest() { config_.anchor_seconds = 600; }
};

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_TESTING_H_
