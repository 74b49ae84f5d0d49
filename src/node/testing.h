// SPDX-License-Identifier: Apache-2.0
// The healthy world that the tests of the node's verbs start from: one volume, exported to one
// attachment, on a machine with an empty kubelet directory.
#ifndef RDS_CSI_NODE_TESTING_H_
#define RDS_CSI_NODE_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "base/status.h"
#include "host/fake_host.h"
#include "node/node.h"
#include "node/publish.h"
#include "node/stage.h"
#include "node/unpublish.h"
#include "node/unstage.h"

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
    target_ = &machine_.Export(id_.Nqn(), kVolumeSize);
    target_->hosts = {identity_.nqn};
  }

  Node node() { return {machine_.host(), config_}; }
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
            .capability = {.block = block, .fs_type = "", .mount_flags = {}, .mode = {}}};
  }
  PublishRequest MakePublishRequest(bool block) const {
    return {.id = id_,
            .staging_path = kStaging,
            .target_path = kTarget,
            .capability = {.block = block, .fs_type = "", .mount_flags = {}, .mode = {}},
            .read_only = false};
  }

  absl::Status Stage(const StageRequest& request) { return StageVolume(node(), request, Soon()); }
  absl::Status Publish(const PublishRequest& request) {
    return PublishVolume(node(), request, Soon());
  }
  absl::StatusOr<Warnings> Unpublish(const std::string& target) {
    return UnpublishVolume(node(), {.id = id_, .target_path = target}, Soon());
  }
  absl::StatusOr<Warnings> Unstage() {
    return UnstageVolume(node(), {.id = id_, .staging_path = kStaging}, Soon());
  }
  std::vector<std::string> Connected() { return machine_.DevicesOf(id_.Nqn()); }

  VolumeId id_ = *VolumeId::Parse("pvc-1");
  NodeConfig config_ = {*NodeId::Parse("worker-1"), "cluster", kKubelet};
  HostIdentity identity_ = AttachmentIdentity("cluster", config_.node, id_, 1);
  FakeHost machine_;
  FakeTarget* target_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_NODE_TESTING_H_
