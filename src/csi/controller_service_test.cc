// SPDX-License-Identifier: Apache-2.0
#include "csi/controller_service.h"

#include <latch>
#include <thread>

#include "base/fake_clock.h"
#include "csi.grpc.pb.h"
#include "csi/testing.h"
#include "model/capacity.h"
#include "observe/kept_reports.h"
#include "rds/fake_router_os.h"
#include "rds/pool_room.h"

namespace rds_csi {
namespace {

using csi::v1::Controller;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kSize = int64_t{1} << 30;
constexpr char kBlock[] = "{ block {} access_mode { mode: SINGLE_NODE_WRITER } } ";
constexpr char kShared[] = "{ block {} access_mode { mode: MULTI_NODE_MULTI_WRITER } } ";

class ControllerServiceTest : public testing::Test {
 protected:
  template <typename Request, typename Response>
  Answer<Response> Do(grpc::Status (Controller::Stub::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                      const std::string& request) {
    return CallTo(server_.channel(), method, Parse<Request>(request));
  }
  auto Create(const std::string& name, const std::string& more = "") {
    return Do(&Controller::Stub::CreateVolume,
              "name: '" + name + "' volume_capabilities " + kBlock +
                  "capacity_range { required_bytes: 1073741824 } " + more);
  }
  auto Delete(const std::string& id) {
    return Do(&Controller::Stub::DeleteVolume, "volume_id: '" + id + "'");
  }
  auto Attach(const std::string& id, const std::string& node, const char* capability = kBlock) {
    return Do(&Controller::Stub::ControllerPublishVolume,
              "volume_id: '" + id + "' node_id: '" + node + "' volume_capability " + capability);
  }
  // Attaches `id` while the attachment of pvc-1 elsewhere waits for the RDS.
  auto AttachWhilePvc1IsAttached(const std::string& id) {
    std::latch working(1);
    std::latch finish(1);
    rds_.before = [&](const RosCommand&) {
      if (working.try_wait()) return;
      working.count_down();
      finish.wait();
    };
    std::thread first([this] { EXPECT_TRUE(Attach("pvc-1", "worker-1").ok()); });
    working.wait();
    auto second = Attach(id, "worker-2");
    finish.count_down();
    first.join();
    return second;
  }
  auto Detach(const std::string& id, const std::string& node) {
    return Do(&Controller::Stub::ControllerUnpublishVolume,
              "volume_id: '" + id + "' node_id: '" + node + "'");
  }
  auto Get(const std::string& id) {
    return Do(&Controller::Stub::ControllerGetVolume, "volume_id: '" + id + "'");
  }
  auto Health(const std::string& id) {
    return Do(&Controller::Stub::ControllerGetVolumeHealth, "volume_id: '" + id + "'");
  }
  auto Expand(const std::string& id, int64_t bytes) {
    return Do(
        &Controller::Stub::ControllerExpandVolume,
        "volume_id: '" + id + "' capacity_range { required_bytes: " + std::to_string(bytes) + " }");
  }
  auto Validate(const std::string& id, const std::string& capability) {
    return Do(&Controller::Stub::ValidateVolumeCapabilities,
              "volume_id: '" + id + "' volume_capabilities " + capability);
  }
  auto List(const std::string& request) { return Do(&Controller::Stub::ListVolumes, request); }

  TemporaryFolder folder_;
  CapturedLog log_{folder_ / "log"};
  KeptAudit audit_;
  FakeClock clock_;
  FakeRouterOs rds_;
  RdsVolumes volumes_{rds_, {}};
  PoolRoom room_;
  KeptListing listing_;
  UnwatchedCluster cluster_;
  KeptReports reports_;
  const ControllerConfig config_ = {.cluster_id = "cluster",
                                    .base_paths = {"/storage-pool/csi"},
                                    .rds_address = "rds.example",
                                    .nvme = {"10.0.0.1", 4420}};
  WireClock wire_clock_{clock_};
  Metrics metrics_{"1", "node"};
  Rpcs rpcs_{wire_clock_, audit_.log(), metrics_};
  const std::unique_ptr<grpc::Service> service_ =
      NewControllerService(rpcs_, {volumes_, room_, listing_, cluster_, reports_, clock_, config_},
                           TopologySegment{"topology.x/zone", "a"});
  TestServer server_{folder_ / "csi.sock", {service_.get()}};
};

TEST_F(ControllerServiceTest, TellsWhatItCanDo) {
  using Rpc = csi::v1::ControllerServiceCapability::RPC;
  std::vector<int> types;
  const auto answer = Do(&Controller::Stub::ControllerGetCapabilities, "");
  for (const auto& capability : answer.response.capabilities()) {
    types.push_back(capability.rpc().type());
  }
  EXPECT_THAT(
      types, testing::UnorderedElementsAre(Rpc::CREATE_DELETE_VOLUME, Rpc::PUBLISH_UNPUBLISH_VOLUME,
                                           Rpc::LIST_VOLUMES, Rpc::LIST_VOLUMES_PUBLISHED_NODES,
                                           Rpc::GET_CAPACITY, Rpc::EXPAND_VOLUME, Rpc::GET_VOLUME,
                                           Rpc::VOLUME_CONDITION, Rpc::SINGLE_NODE_MULTI_WRITER,
                                           Rpc::GET_VOLUME_HEALTH, Rpc::LIST_VOLUME_HEALTH));
}

TEST_F(ControllerServiceTest, VOL_1_CreateAnswersWhatTheRdsMade) {
  const auto created = Create("pvc-1");
  ASSERT_TRUE(created.ok()) << created.message();
  const csi::v1::Volume& volume = created.response.volume();
  EXPECT_EQ(volume.volume_id(), "pvc-1");
  EXPECT_EQ(volume.capacity_bytes(), kSize);
  EXPECT_EQ(volume.accessible_topology(0).segments().at("topology.x/zone"), "a");
}

TEST_F(ControllerServiceTest, VOL_4_CreateWritesTheVolumeContext) {
  const auto created = Create("pvc-1", "parameters { key: 'ctrlLossTmo' value: '60' }");
  const auto& context = created.response.volume().volume_context();
  EXPECT_EQ(context.at("nqn"), "nqn.2000-02.com.mikrotik:pvc-1");
  EXPECT_EQ(context.at("nvmeAddress"), "10.0.0.1");
  EXPECT_EQ(context.at("ctrlLossTmo"), "60");
}

TEST_F(ControllerServiceTest, VOL_1_CreateIsIdempotentByName) {
  ASSERT_TRUE(Create("pvc-1").ok());
  EXPECT_TRUE(Create("pvc-1").ok());
  EXPECT_EQ(rds_.disks.size(), 2U);  // the pool and one volume
}

TEST_F(ControllerServiceTest, VOL_1_DeleteLeavesNothing) {
  ASSERT_TRUE(Create("pvc-1").ok());
  EXPECT_TRUE(Delete("pvc-1").ok());
  EXPECT_TRUE(Delete("pvc-1").ok());
  EXPECT_THAT(rds_.files, IsEmpty());
}

TEST_F(ControllerServiceTest, ATT_8_AttachAnswersThePublishContext) {
  ASSERT_TRUE(Create("pvc-1").ok());
  const auto attached = Attach("pvc-1", "worker-1");
  ASSERT_TRUE(attached.ok()) << attached.message();
  const auto& context = attached.response.publish_context();
  EXPECT_EQ(context.at("nvme_nqn"), "nqn.2000-02.com.mikrotik:pvc-1");
  EXPECT_EQ(context.at("nvme_port"), "4420");
  EXPECT_EQ(context.at("generation"), "1");
  EXPECT_THAT(context.at("host_nqn"), HasSubstr(context.at("host_id")));
}

TEST_F(ControllerServiceTest, ATT_2_AVolumeThatIsNotThereIsNotFound) {
  EXPECT_EQ(Attach("pvc-1", "worker-1").code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ControllerServiceTest, ATT_2_AnRdsThatIsAwayIsUnavailable) {
  rds_.unreachable = true;
  EXPECT_EQ(Attach("pvc-1", "worker-1").code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ControllerServiceTest, ATT_4_ASecondNodeIsRefusedNamingBoth) {
  ASSERT_TRUE(Create("pvc-1").ok());
  ASSERT_TRUE(Attach("pvc-1", "worker-1").ok());
  const auto second = Attach("pvc-1", "worker-2");
  EXPECT_EQ(second.code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(second.message(), HasSubstr("worker-1"));
  EXPECT_THAT(second.message(), HasSubstr("worker-2"));
  EXPECT_EQ(audit_.Lines().back()["outcome"], "failure");
}

TEST_F(ControllerServiceTest, ATT_9_DetachWithoutANodeDetachesFromAll) {
  ASSERT_TRUE(Create("pvc-1").ok());
  ASSERT_TRUE(Attach("pvc-1", "worker-1", kShared).ok());
  ASSERT_TRUE(Attach("pvc-1", "worker-2", kShared).ok());
  ASSERT_TRUE(Detach("pvc-1", "").ok());
  const auto found = Get("pvc-1");
  EXPECT_THAT(found.response.status().published_node_ids(), IsEmpty());
}

TEST_F(ControllerServiceTest, ATT_9_DetachingWhatIsNotThereIsSuccess) {
  EXPECT_TRUE(Detach("pvc-1", "worker-1").ok());
}

TEST_F(ControllerServiceTest, VOL_1_GetTellsWhereAVolumeIs) {
  ASSERT_TRUE(Create("pvc-1").ok());
  ASSERT_TRUE(Attach("pvc-1", "worker-1").ok());
  const auto found = Get("pvc-1");
  ASSERT_TRUE(found.ok()) << found.message();
  EXPECT_EQ(found.response.volume().capacity_bytes(), kSize);
  EXPECT_THAT(found.response.status().published_node_ids(), ElementsAre("worker-1"));
  EXPECT_FALSE(found.response.status().volume_condition().abnormal());
}

TEST_F(ControllerServiceTest, AVolumeWhoseExportIsOffIsAbnormal) {
  ASSERT_TRUE(Create("pvc-1").ok());
  ASSERT_TRUE(Attach("pvc-1", "worker-1").ok());
  rds_.Disk(VolumeId::Parse("pvc-1")->Slot())["nvme-tcp-export"] = "false";
  const auto condition = Get("pvc-1").response.status().volume_condition();
  EXPECT_TRUE(condition.abnormal());
  EXPECT_THAT(condition.message(), HasSubstr("not exported"));
}

TEST_F(ControllerServiceTest, TheHealthOfAVolumeThatIsInOrderIsEmpty) {
  ASSERT_TRUE(Create("pvc-1").ok());
  const auto health = Health("pvc-1");
  ASSERT_TRUE(health.ok()) << health.message();
  EXPECT_EQ(health.response.volume_health().volume_id(), "pvc-1");
  EXPECT_EQ(health.response.volume_health().health_statuses_size(), 0);
}

TEST_F(ControllerServiceTest, AVolumeThatItsNodeCannotReachIsInaccessible) {
  ASSERT_TRUE(Create("pvc-1").ok());
  ASSERT_TRUE(Attach("pvc-1", "worker-1").ok());
  rds_.Disk(VolumeId::Parse("pvc-1")->Slot())["nvme-tcp-export"] = "false";
  const auto health = Health("pvc-1").response.volume_health();
  ASSERT_EQ(health.health_statuses_size(), 1);
  EXPECT_EQ(health.health_statuses(0).status(), csi::v1::INACCESSIBLE);
  EXPECT_EQ(health.health_statuses(0).reason(), "NotExported");
}

TEST_F(ControllerServiceTest, TheListOfHealthHasOnlyWhatIsAbnormal) {
  for (const char* name : {"pvc-1", "pvc-2"}) ASSERT_TRUE(Create(name).ok());
  rds_.Disk(VolumeId::Parse("pvc-2")->Slot())["nvme-tcp-export"] = "true";
  const auto list = Do(&Controller::Stub::ControllerListVolumeHealth, "");
  ASSERT_EQ(list.response.entries_size(), 1);
  EXPECT_EQ(list.response.entries(0).volume_id(), "pvc-2");
  EXPECT_EQ(list.response.entries(0).health_statuses(0).status(), csi::v1::DEGRADED);
}

TEST_F(ControllerServiceTest, VOL_1_ListsPageByPage) {
  for (const char* name : {"pvc-1", "pvc-2", "pvc-3"}) ASSERT_TRUE(Create(name).ok());
  const auto first = List("max_entries: 2");
  ASSERT_TRUE(first.ok()) << first.message();
  ASSERT_EQ(first.response.entries_size(), 2);
  const auto rest =
      List("max_entries: 2 starting_token: '" + first.response.next_token() + "'").response;
  ASSERT_EQ(rest.entries_size(), 1);
  EXPECT_EQ(rest.entries(0).volume().volume_id(), "pvc-3");
  EXPECT_EQ(rest.next_token(), "");
}

TEST_F(ControllerServiceTest, VOL_1_ListRefusesABadTokenAndANegativePage) {
  EXPECT_EQ(List("starting_token: '../x'").code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(List("max_entries: -1").code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ControllerServiceTest, VOL_1_CapacityHasItsBounds) {
  const auto capacity = Do(&Controller::Stub::GetCapacity, "");
  ASSERT_TRUE(capacity.ok()) << capacity.message();
  EXPECT_GT(capacity.response.available_capacity(), 0);
  EXPECT_GT(capacity.response.maximum_volume_size().value(), 0);
  EXPECT_EQ(capacity.response.minimum_volume_size().value(), kMinimumSize);
}

TEST_F(ControllerServiceTest, CapacityOfAnotherPlaceIsNone) {
  const auto capacity =
      Do(&Controller::Stub::GetCapacity,
         "accessible_topology { segments { key: 'topology.x/zone' value: 'b' } }");
  EXPECT_EQ(capacity.response.available_capacity(), 0);
}

TEST_F(ControllerServiceTest, VOL_1_GrowAnswersTheNewSizeAndAsksForTheNode) {
  ASSERT_TRUE(Create("pvc-1").ok());
  const auto grown = Expand("pvc-1", 2 * kSize);
  ASSERT_TRUE(grown.ok()) << grown.message();
  EXPECT_EQ(grown.response.capacity_bytes(), 2 * kSize);
  EXPECT_TRUE(grown.response.node_expansion_required());
}

TEST_F(ControllerServiceTest, ACC_1_ValidateConfirmsWordForWord) {
  ASSERT_TRUE(Create("pvc-1").ok());
  const auto valid =
      Validate("pvc-1", std::string(kBlock) + "parameters { key: 'fsType' value: 'xfs' }");
  ASSERT_TRUE(valid.ok()) << valid.message();
  EXPECT_EQ(valid.response.confirmed().volume_capabilities_size(), 1);
  EXPECT_EQ(valid.response.confirmed().parameters().at("fsType"), "xfs");
}

TEST_F(ControllerServiceTest, ACC_1_ValidateSaysWhyNot) {
  ASSERT_TRUE(Create("pvc-1").ok());
  const auto valid =
      Validate("pvc-1", "{ mount {} access_mode { mode: MULTI_NODE_MULTI_WRITER } }");
  ASSERT_TRUE(valid.ok());
  EXPECT_FALSE(valid.response.has_confirmed());
  EXPECT_THAT(valid.response.message(), HasSubstr("volumeMode: Block"));
}

TEST_F(ControllerServiceTest, ACC_1_ValidateKnowsOnlyVolumesThatExist) {
  EXPECT_EQ(Validate("pvc-1", kBlock).code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ControllerServiceTest, WhatIsNotAdvertisedIsUnimplemented) {
  constexpr auto kUnimplemented = grpc::StatusCode::UNIMPLEMENTED;
  EXPECT_EQ(Do(&Controller::Stub::CreateSnapshot, "").code(), kUnimplemented);
  EXPECT_EQ(Do(&Controller::Stub::DeleteSnapshot, "").code(), kUnimplemented);
  EXPECT_EQ(Do(&Controller::Stub::ListSnapshots, "").code(), kUnimplemented);
  EXPECT_EQ(Do(&Controller::Stub::ControllerModifyVolume, "").code(), kUnimplemented);
}

TEST_F(ControllerServiceTest, AnInvalidRequestNeverReachesTheRds) {
  EXPECT_EQ(Delete("a; /system reboot").code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(rds_.calls, 0);
}

TEST_F(ControllerServiceTest, ATT_7_TheSecondOfTwoAttachesOfOneVolumeIsAborted) {
  ASSERT_TRUE(Create("pvc-1").ok());
  const auto second = AttachWhilePvc1IsAttached("pvc-1");
  EXPECT_EQ(second.code(), grpc::StatusCode::ABORTED);
}

TEST_F(ControllerServiceTest, Pain23_ACallThatWaitsForTheRdsHoldsUpNoOtherVolume) {
  ASSERT_TRUE(Create("pvc-1").ok());
  ASSERT_TRUE(Create("pvc-2").ok());
  const auto second = AttachWhilePvc1IsAttached("pvc-2");
  EXPECT_TRUE(second.ok()) << second.message();
}

TEST_F(ControllerServiceTest, AUD_1_EveryChangeIsAudited) {
  Create("pvc-1");
  Attach("pvc-1", "worker-1");
  Detach("pvc-1", "worker-1");
  Expand("pvc-1", 2 * kSize);
  Delete("pvc-1");
  std::vector<std::string> succeeded;
  for (const nlohmann::json& line : audit_.Lines()) {
    if (line["outcome"] == "success") succeeded.push_back(line["action"]);
  }
  EXPECT_THAT(succeeded, ElementsAre("create", "attach", "detach", "expand", "delete"));
}

}  // namespace
}  // namespace rds_csi
