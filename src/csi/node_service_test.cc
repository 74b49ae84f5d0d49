// SPDX-License-Identifier: Apache-2.0
#include "csi/node_service.h"

#include <latch>
#include <thread>

#include "csi.grpc.pb.h"
#include "csi/testing.h"
#include "host/fake_host.h"
#include "observe/kept_reports.h"

namespace rds_csi {
namespace {

using csi::v1::Node;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kStaging[] = "/var/lib/kubelet/plugins/staging/pvc-1";
constexpr char kTarget[] = "/var/lib/kubelet/pods/1/volumes/pvc-1";
constexpr int64_t kSize = int64_t{1} << 30;

class NodeServiceTest : public testing::Test {
 protected:
  NodeServiceTest() {
    machine_.AddDirectory("/var/lib/kubelet");
    machine_.Export(VolumeId::Parse("pvc-1")->Nqn(), kSize);
  }

  template <typename Request, typename Response>
  Answer<Response> Do(grpc::Status (Node::Stub::*method)(grpc::ClientContext*, const Request&,
                                                         Response*),
                      const std::string& request) {
    return CallTo(server_.channel(), method, Parse<Request>(request));
  }
  auto Stage(const std::string& kind = "mount") {
    return Do(&Node::Stub::NodeStageVolume,
              Volume("staging_target_path", kStaging) + Capability(kind) +
                  "publish_context { key: 'nvme_address' value: '10.0.0.1' }");
  }
  auto Publish(const std::string& kind = "mount", const std::string& more = "") {
    return Do(&Node::Stub::NodePublishVolume, Volume("staging_target_path", kStaging) +
                                                  "target_path: '" + kTarget + "'" +
                                                  Capability(kind) + more);
  }
  auto Unpublish() { return Do(&Node::Stub::NodeUnpublishVolume, Volume("target_path", kTarget)); }
  auto Unstage() {
    return Do(&Node::Stub::NodeUnstageVolume, Volume("staging_target_path", kStaging));
  }
  auto Stats() { return Do(&Node::Stub::NodeGetVolumeStats, Volume("volume_path", kTarget)); }

  static std::string Volume(const std::string& field, const std::string& path) {
    return "volume_id: 'pvc-1' " + field + ": '" + path + "' ";
  }
  static std::string Capability(const std::string& kind) {
    return "volume_capability { " + kind + " {} access_mode { mode: SINGLE_NODE_WRITER } } ";
  }

  TemporaryFolder folder_;
  CapturedLog log_{folder_ / "log"};
  KeptAudit audit_;
  FakeHost machine_;
  const NodeConfig config_ = {.node = *NodeId::Parse("worker-1"),
                              .cluster_id = "cluster",
                              .kubelet_dir = "/var/lib/kubelet",
                              .state_dir = "/var/lib/rds-csi",
                              .anchor_seconds = 0};
  KeptReports reports_;
  Quarantine quarantine_{machine_.host().exec};
  WireClock wire_clock_{machine_.clock()};
  Metrics metrics_{"1", "node"};
  Rpcs rpcs_{wire_clock_, audit_.log(), metrics_};
  const std::unique_ptr<grpc::Service> service_ =
      NewNodeService(rpcs_, {machine_.host(), config_, reports_, quarantine_}, 32,
                     TopologySegment{"topology.x/zone", "a"});
  TestServer server_{folder_ / "csi.sock", {service_.get()}};
};

TEST_F(NodeServiceTest, TellsWhoItIsAndWhereItIs) {
  const auto info = Do(&Node::Stub::NodeGetInfo, "").response;
  EXPECT_EQ(info.node_id(), "worker-1");
  EXPECT_EQ(info.accessible_topology().segments().at("topology.x/zone"), "a");
}

TEST_F(NodeServiceTest, Pain24_TakesAsManyVolumesAsItWasTold) {
  EXPECT_EQ(Do(&Node::Stub::NodeGetInfo, "").response.max_volumes_per_node(), 32);
}

TEST_F(NodeServiceTest, TellsWhatItCanDo) {
  using Rpc = csi::v1::NodeServiceCapability::RPC;
  std::vector<int> types;
  const auto answer = Do(&Node::Stub::NodeGetCapabilities, "");
  for (const auto& capability : answer.response.capabilities()) {
    types.push_back(capability.rpc().type());
  }
  EXPECT_THAT(types, testing::UnorderedElementsAre(
                         Rpc::STAGE_UNSTAGE_VOLUME, Rpc::EXPAND_VOLUME, Rpc::GET_VOLUME_STATS,
                         Rpc::VOLUME_CONDITION, Rpc::SINGLE_NODE_MULTI_WRITER,
                         Rpc::GET_VOLUME_HEALTH, Rpc::GET_STORAGE_HEALTH));
}

TEST_F(NodeServiceTest, BLK_8_AFilesystemIsStagedAndPublished) {
  EXPECT_TRUE(Stage().ok());
  EXPECT_TRUE(Publish().ok());
  EXPECT_THAT(machine_.mounts_at(kTarget), SizeIs(1));
}

TEST_F(NodeServiceTest, BLK_3_ABlockVolumeIsNeverFormattedOrMounted) {
  EXPECT_TRUE(Stage("block").ok());
  EXPECT_THAT(machine_.journal(), Not(Contains(testing::StartsWith("mkfs"))));
  EXPECT_THAT(machine_.mounts_at(kStaging), IsEmpty());
}

TEST_F(NodeServiceTest, PUB_1_WhatIsNotStagedCannotBePublished) {
  EXPECT_EQ(Publish("block").code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(Publish("block").message(), HasSubstr("NodeStageVolume"));
}

TEST_F(NodeServiceTest, PUB_3_ReadonlyReachesTheMount) {
  ASSERT_TRUE(Stage().ok());
  ASSERT_TRUE(Publish("mount", "readonly: true").ok());
  EXPECT_TRUE(machine_.mounts_at(kTarget).at(0).read_only());
}

TEST_F(NodeServiceTest, UnpublishAndUnstageLeaveNothing) {
  ASSERT_TRUE(Stage().ok());
  ASSERT_TRUE(Publish().ok());
  EXPECT_TRUE(Unpublish().ok());
  EXPECT_TRUE(Unstage().ok());
  EXPECT_EQ(machine_.mount_count(), 0U);
  EXPECT_THAT(machine_.DevicesOf(VolumeId::Parse("pvc-1")->Nqn()), IsEmpty());
}

TEST_F(NodeServiceTest, USE_2_ADeviceInUseIsAuditedAsAFailure) {
  ASSERT_TRUE(Stage("block").ok());
  machine_.AddOpener({259, 0}, "process 7 qemu");
  const auto unstaged = Unstage();
  EXPECT_EQ(unstaged.code(), grpc::StatusCode::FAILED_PRECONDITION) << unstaged.message();
  EXPECT_EQ(audit_.Lines().back()["action"], "unstage");
  EXPECT_EQ(audit_.Lines().back()["outcome"], "failure");
}

TEST_F(NodeServiceTest, USE_3_AWarningOfUnstageIsLogged) {
  ASSERT_TRUE(Stage().ok());
  machine_.FailOn("openers", ETIMEDOUT);
  EXPECT_TRUE(Unstage().ok());
  EXPECT_EQ(log_.Rpcs().back()["level"], "warning");
  EXPECT_TRUE(log_.Rpcs().back().contains("warnings"));
}

TEST_F(NodeServiceTest, BLK_6_AStageThatFailsIsAuditedAsAFailure) {
  machine_.FailOn("replace", EROFS);
  EXPECT_FALSE(Stage("block").ok());
  EXPECT_EQ(audit_.Lines().back()["action"], "stage");
  EXPECT_EQ(audit_.Lines().back()["outcome"], "failure");
}

TEST_F(NodeServiceTest, StatsOfAFilesystemAreBytesAndInodes) {
  ASSERT_TRUE(Stage().ok());
  ASSERT_TRUE(Publish().ok());
  const auto stats = Stats().response;
  ASSERT_EQ(stats.usage_size(), 2);
  EXPECT_EQ(stats.usage(0).unit(), csi::v1::VolumeUsage::BYTES);
  EXPECT_EQ(stats.usage(1).unit(), csi::v1::VolumeUsage::INODES);
  EXPECT_FALSE(stats.volume_condition().abnormal());
}

TEST_F(NodeServiceTest, StatsOfABlockVolumeAreItsSize) {
  ASSERT_TRUE(Stage("block").ok());
  ASSERT_TRUE(Publish("block").ok());
  const auto stats = Stats().response;
  ASSERT_EQ(stats.usage_size(), 1);
  EXPECT_EQ(stats.usage(0).total(), kSize);
}

TEST_F(NodeServiceTest, STL_5_AVolumeThatIsGoneIsAbnormal) {
  ASSERT_TRUE(Stage().ok());
  ASSERT_TRUE(Publish().ok());
  machine_.LoseConnection(VolumeId::Parse("pvc-1")->Nqn());
  const auto stats = Stats();
  ASSERT_TRUE(stats.ok()) << stats.message();
  EXPECT_EQ(stats.response.usage_size(), 0);
  EXPECT_TRUE(stats.response.volume_condition().abnormal());
  EXPECT_THAT(stats.response.volume_condition().message(), HasSubstr("gone"));
}

TEST_F(NodeServiceTest, ExpandAnswersTheMeasuredSize) {
  ASSERT_TRUE(Stage().ok());
  ASSERT_TRUE(Publish().ok());
  machine_.target(VolumeId::Parse("pvc-1")->Nqn()).size_bytes = 2 * kSize;
  const auto expanded =
      Do(&Node::Stub::NodeExpandVolume,
         Volume("volume_path", kTarget) + "capacity_range { required_bytes: 2147483648 }");
  ASSERT_TRUE(expanded.ok()) << expanded.message();
  EXPECT_EQ(expanded.response.capacity_bytes(), 2 * kSize);
}

TEST_F(NodeServiceTest, AnInvalidRequestTouchesNothing) {
  const auto answer =
      Do(&Node::Stub::NodeStageVolume,
         Volume("staging_target_path", "/var/lib/kubelet/../../etc") + Capability("mount"));
  EXPECT_EQ(answer.code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(answer.message(), HasSubstr("/var/lib/kubelet/../../etc"));
  EXPECT_THAT(machine_.journal(), IsEmpty());
}

TEST_F(NodeServiceTest, TheHealthOfAVolumeInOrderIsAnEmptyList) {
  ASSERT_TRUE(Stage().ok());
  const auto health = Do(&Node::Stub::NodeGetVolumeHealth, "volume_id: 'pvc-1'");
  ASSERT_TRUE(health.ok()) << health.message();
  EXPECT_EQ(health.response.volume_health().volume_id(), "pvc-1");
  EXPECT_EQ(health.response.volume_health().health_statuses_size(), 0);
}

TEST_F(NodeServiceTest, STL_5_AVolumeThatIsGoneIsInaccessible) {
  ASSERT_TRUE(Stage().ok());
  machine_.LoseConnection(VolumeId::Parse("pvc-1")->Nqn());
  const auto health = Do(&Node::Stub::NodeGetVolumeHealth, Volume("staging_target_path", kStaging));
  ASSERT_EQ(health.response.volume_health().health_statuses_size(), 2);
  const auto& entry = health.response.volume_health().health_statuses(0);
  EXPECT_EQ(entry.status(), csi::v1::INACCESSIBLE);
  EXPECT_EQ(entry.reason(), "DeviceGone");
  EXPECT_THAT(entry.message(), HasSubstr("10.0.0.1:4420"));
}

TEST_F(NodeServiceTest, AVolumeThatIsNotHereHasNoHealth) {
  EXPECT_EQ(Do(&Node::Stub::NodeGetVolumeHealth, "volume_id: 'pvc-1'").code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(NodeServiceTest, AnRdsThatNoVolumeReachesIsUnreachable) {
  ASSERT_TRUE(Stage().ok());
  EXPECT_EQ(Do(&Node::Stub::NodeGetStorageHealth, "").response.backend_health_size(), 0);
  machine_.LoseConnection(VolumeId::Parse("pvc-1")->Nqn());
  const auto health = Do(&Node::Stub::NodeGetStorageHealth, "");
  ASSERT_EQ(health.response.backend_health_size(), 1);
  EXPECT_EQ(health.response.backend_health(0).status(), csi::v1::STORAGE_UNREACHABLE);
}

TEST_F(NodeServiceTest, EVT_1_TheClaimOfTheVolumeContextIsTold) {
  machine_.FailOn("reach", ECONNREFUSED);
  EXPECT_FALSE(Do(&Node::Stub::NodeStageVolume,
                  Volume("staging_target_path", kStaging) + Capability("mount") +
                      "publish_context { key: 'nvme_address' value: '10.0.0.1' }"
                      "volume_context { key: 'csi.storage.k8s.io/pvc/name' value: 'orders' }"
                      "volume_context { key: 'csi.storage.k8s.io/pvc/namespace' value: 'shop' }")
                   .ok());
  ASSERT_THAT(reports_.All(), SizeIs(1));
  EXPECT_EQ(reports_.All()[0].claim, (ClaimName{"shop", "orders"}));
}

TEST_F(NodeServiceTest, TheSecondOfTwoCallsForOneVolumeIsAborted) {
  std::latch working(1);
  std::latch finish(1);
  machine_.SetOnEffect([&](const std::string&) {
    if (!working.try_wait()) working.count_down();
    finish.wait();
  });
  std::thread first([this] { EXPECT_TRUE(Stage().ok()); });
  working.wait();
  const auto second = Unstage();
  finish.count_down();
  first.join();
  EXPECT_EQ(second.code(), grpc::StatusCode::ABORTED);
}

}  // namespace
}  // namespace rds_csi
