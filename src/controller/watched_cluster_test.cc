// SPDX-License-Identifier: Apache-2.0
#include "controller/watched_cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "kube/fake_http.h"
#include "model/storage_class.h"

namespace rds_csi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kDriver[] = "rds.csi.srvlab.io";

class WatchedClusterTest : public testing::Test {
 protected:
  static VolumeId Id(const std::string& text) { return *VolumeId::Parse(text); }
  static NodeId NodeOf(const std::string& text) { return *NodeId::Parse(text); }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(10); }

  static Json Named(const std::string& name) {
    Json object;
    object["metadata"]["name"] = name;
    return object;
  }
  void PutNode(const std::string& name) { kube_.Put(kNodes, Named(name)); }
  void PutVolume(const std::string& name, const std::string& handle,
                 const StringMap& attributes = {}, const std::string& driver = kDriver) {
    Json volume = Named(name);
    Json& csi = volume["spec"]["csi"];
    csi["driver"] = driver;
    csi["volumeHandle"] = handle;
    csi["volumeAttributes"] = attributes;
    kube_.Put(kPersistentVolumes, volume);
  }
  void PutAttachment(const std::string& volume_name, const std::string& node,
                     const std::string& attacher = kDriver) {
    Json attachment = Named("csi-" + volume_name + "-" + node + "-" + attacher);
    attachment["spec"]["attacher"] = attacher;
    attachment["spec"]["nodeName"] = node;
    attachment["spec"]["source"]["persistentVolumeName"] = volume_name;
    attachment["status"]["attached"] = true;
    kube_.Put(kVolumeAttachments, attachment);
  }
  Cluster::Wanted AllWanted() {
    const absl::Time until = Soon();
    absl::StatusOr<Cluster::Wanted> wanted = cluster().AllWanted(until);
    while (absl::IsUnavailable(wanted.status()) && absl::Now() < until) {
      absl::SleepFor(absl::Milliseconds(1));
      wanted = cluster().AllWanted(until);
    }
    EXPECT_TRUE(wanted.ok()) << wanted.status();
    return wanted.value_or(Cluster::Wanted());
  }
  // Begins to watch when it is first asked for.
  WatchedCluster& cluster() {
    if (!cluster_) cluster_.emplace(api_, kDriver);
    return *cluster_;
  }

  FakeKube kube_;
  KubeApi api_{kube_};
  std::optional<WatchedCluster> cluster_;
};

TEST_F(WatchedClusterTest, ATT_5_ANodeIsThereOrIsNot) {
  PutNode("worker-1");
  EXPECT_TRUE(*cluster().HasNode(NodeOf("worker-1"), Soon()));
  EXPECT_FALSE(*cluster().HasNode(NodeOf("worker-2"), Soon()));
}

TEST_F(WatchedClusterTest, ATT_5_ThatANodeIsGoneIsAskedForLive) {
  PutNode("worker-1");
  AllWanted();
  kube_.BreakWatches();
  PutNode("worker-2");
  EXPECT_TRUE(*cluster().HasNode(NodeOf("worker-2"), Soon()));
}

TEST_F(WatchedClusterTest, Incident07_WhatIsWatchedIsNotAskedFor) {
  PutNode("worker-1");
  kube_.Fail({.verb = "get",
              .answer = FakeKube::Refusal(403, "Forbidden"),
              .failure = {},
              .times = 10000});
  const absl::Time until = Soon();
  while (!cluster().HasNode(NodeOf("worker-1"), until).ok() && absl::Now() < until) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_TRUE(cluster().HasNode(NodeOf("worker-1"), until).ok());
  AllWanted();
  kube_.Fail({.verb = "list",
              .answer = FakeKube::Refusal(403, "Forbidden"),
              .failure = {},
              .times = 10000});
  EXPECT_TRUE(cluster().AllWanted(until).ok());
  EXPECT_TRUE(cluster().AllClaimed(until).ok());
}

TEST_F(WatchedClusterTest, ATT_6_AnApiServerThatRefusesSaysNothing) {
  kube_.Fail(
      {.verb = "get", .answer = FakeKube::Refusal(403, "Forbidden"), .failure = {}, .times = 9});
  EXPECT_EQ(cluster().HasNode(NodeOf("worker-1"), Soon()).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(WatchedClusterTest, ATT_6_BeforeTheFirstListNothingIsKnown) {
  kube_.Fail({.verb = "list",
              .answer = {},
              .failure = absl::UnavailableError("no route to host"),
              .times = 1000});
  EXPECT_EQ(cluster().AllWanted(Soon()).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(WatchedClusterTest, WantedIsWhatVolumeAttachmentsOfThisDriverSay) {
  PutVolume("pv-1", "pvc-1", {{"migrationTimeoutSeconds", "60"}});
  PutVolume("pv-2", "pvc-2", {}, "other.driver");
  PutAttachment("pv-1", "worker-1");
  PutAttachment("pv-2", "worker-1", "other.driver");
  const Cluster::Wanted wanted = AllWanted();
  ASSERT_THAT(*wanted, SizeIs(1));
  EXPECT_EQ(wanted->front().volume, Id("pvc-1"));
  EXPECT_EQ(wanted->front().node, NodeOf("worker-1"));
  EXPECT_TRUE(wanted->front().attached);
  EXPECT_EQ(wanted->front().migration_timeout, absl::Seconds(60));
}

TEST_F(WatchedClusterTest, ORP_1_ClaimedIsWhatPersistentVolumesOfThisDriverName) {
  PutVolume("pv-1", "pvc-1");
  PutVolume("pv-2", "pvc-2", {}, "other.driver");
  AllWanted();
  EXPECT_THAT(**cluster().AllClaimed(Soon()), ElementsAre(Id("pvc-1")));
}

TEST_F(WatchedClusterTest, ORP_1_BeforeTheFirstListNothingIsTakenForUnclaimed) {
  kube_.Fail({.verb = "list",
              .answer = {},
              .failure = absl::UnavailableError("no route to host"),
              .times = 1000});
  EXPECT_EQ(cluster().AllClaimed(Soon()).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(WatchedClusterTest, OneWhosePersistentVolumeIsGoneMayBeOfAnyVolume) {
  PutAttachment("pv-1", "worker-1");
  EXPECT_FALSE(AllWanted()->front().volume.has_value());
  const auto wanted = cluster().WantedOf(Id("pvc-9"), Soon());
  ASSERT_TRUE(wanted.ok());
  EXPECT_THAT(**wanted, SizeIs(1));
}

TEST_F(WatchedClusterTest, OneVolumesAreAskedForLive) {
  PutVolume("pv-1", "pvc-1");
  PutAttachment("pv-1", "worker-1");
  EXPECT_THAT(**cluster().WantedOf(Id("pvc-1"), Soon()), SizeIs(1));
  EXPECT_THAT(**cluster().WantedOf(Id("pvc-2"), Soon()), IsEmpty());
  PutAttachment("pv-1", "worker-2");
  EXPECT_THAT(**cluster().WantedOf(Id("pvc-1"), Soon()), SizeIs(2));
}

TEST_F(WatchedClusterTest, APersistentVolumeOfAnotherDriverIsNoneOfOurs) {
  PutVolume("pv-1", "pvc-1", {}, "other.driver");
  PutAttachment("pv-1", "worker-1");
  EXPECT_FALSE(AllWanted()->front().volume.has_value());
}

TEST_F(WatchedClusterTest, ATT_6_APersistentVolumeThatCannotBeAskedForIsNotTakenForGone) {
  PutAttachment("pv-1", "worker-1");
  AllWanted();
  kube_.Fail({.verb = "get",
              .answer = FakeKube::Refusal(500, "InternalError"),
              .failure = {},
              .times = 9});
  EXPECT_EQ(cluster().WantedOf(Id("pvc-1"), Soon()).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(WatchedClusterTest, ATT_6_AListThatFailsIsNotAnEmptyList) {
  PutVolume("pv-1", "pvc-1");
  PutAttachment("pv-1", "worker-1");
  AllWanted();
  kube_.Fail({.verb = "list",
              .answer = FakeKube::Refusal(403, "Forbidden"),
              .failure = {},
              .times = 1000});
  EXPECT_EQ(cluster().WantedOf(Id("pvc-1"), Soon()).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace rds_csi
