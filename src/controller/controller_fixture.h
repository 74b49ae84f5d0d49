// SPDX-License-Identifier: Apache-2.0
// A healthy world for the tests of the verbs: an RDS with one pool of 1 TiB, and a cluster.
#ifndef RDS_CSI_CONTROLLER_CONTROLLER_FIXTURE_H_
#define RDS_CSI_CONTROLLER_CONTROLLER_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "base/fake_clock.h"
#include "controller/attach.h"
#include "controller/create.h"
#include "controller/detach.h"
#include "controller/fake_cluster.h"
#include "observe/kept_reports.h"
#include "rds/fake_router_os.h"

namespace rds_csi {

class ControllerFixture : public testing::Test {
 protected:
  using Code = absl::StatusCode;
  using Fault = FakeRouterOs::Fault;
  static constexpr int64_t kSize = int64_t{1} << 30;

  static VolumeId Id(const std::string& text) { return *VolumeId::Parse(text); }
  static NodeId Node(const std::string& text) { return *NodeId::Parse(text); }

  CreateRequest Request(const std::string& id = "pvc-1", int64_t bytes = kSize) {
    return {Id(id),
            {.required_bytes = bytes, .limit_bytes = 0},
            *ParseStorageClass({}, config_.base_paths),
            {}};
  }
  absl::StatusOr<CreatedVolume> Create(const std::string& id = "pvc-1", int64_t bytes = kSize) {
    return CreateVolume(controller(), Request(id, bytes), deadline_);
  }
  // Then nothing of it is left in journal and counters.
  void GivenVolume(const std::string& id = "pvc-1") {
    ASSERT_TRUE(Create(id).ok());
    Forget();
  }
  absl::StatusOr<PublishContext> Attach(const std::string& node, Capability capability = {}) {
    return AttachVolume(controller(), {id_, Node(node), std::move(capability), context_},
                        deadline_);
  }
  void GivenAttached(const std::string& node, Capability capability = {}) {
    ASSERT_TRUE(Attach(node, std::move(capability)).ok());
    Forget();
  }
  absl::Status Detach(const std::optional<std::string>& node) {
    std::optional<NodeId> parsed;
    if (node) parsed = Node(*node);
    return DetachVolume(controller(), id_, parsed, deadline_);
  }

  static Capability SharedBlock() {
    return {
        .block = true, .fs_type = "", .mount_flags = {}, .mode = AccessMode::kMultiNodeMultiWriter};
  }

  // The row of `id`'s disk, ours or the former driver's.
  RosRecord& Row(const std::string& id = "pvc-1") {
    return rds_.Disk(rds_.HasDisk(Id(id).Slot()) ? Id(id).Slot() : id);
  }
  Ledger LedgerOnRds() { return *ParseLedger(Row().at("comment")); }
  bool Exported() { return Row().at("nvme-tcp-export") == "true"; }
  std::string AllowHost() { return Row().at("nvme-tcp-server-allow-host-name"); }
  void Forget() {
    rds_.calls = 0;
    rds_.journal.clear();
    cluster_.calls = 0;
  }
  // What the RDS is taken to do, from now on.
  void Assume(RosBehaviour behaviour) { volumes_ = std::make_unique<RdsVolumes>(rds_, behaviour); }

  // As the edge makes it.
  Controller controller() {
    return {*volumes_, room_, listing_, cluster_, reports_, clock_, config_};
  }

  VolumeId id_ = Id("pvc-1");
  absl::Time deadline_ = absl::InfiniteFuture();
  ControllerConfig config_{.cluster_id = "cluster",
                           .base_paths = {"/storage-pool/csi"},
                           .rds_address = "rds.example",
                           .nvme = {"10.0.0.1", 4420}};
  FakeRouterOs rds_;
  std::unique_ptr<RdsVolumes> volumes_ = std::make_unique<RdsVolumes>(rds_, RosBehaviour{});
  PoolRoom room_;
  KeptListing listing_;
  FakeCluster cluster_;
  KeptReports reports_;
  FakeClock clock_;
  VolumeContext context_;
};

}  // namespace rds_csi

#endif  // RDS_CSI_CONTROLLER_CONTROLLER_FIXTURE_H_
