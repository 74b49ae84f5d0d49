// SPDX-License-Identifier: Apache-2.0
#include "kube/claim_of_volume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "base/status.h"
#include "kube/fake_http.h"

namespace rds_csi {
namespace {

constexpr const char* kDriver = "rds.csi.srvlab.io";

Json Volume(const std::string& name, const std::string& driver, const std::string& handle,
            const std::string& claim) {
  return {{"metadata", {{"name", name}}},
          {"spec",
           {{"csi", {{"driver", driver}, {"volumeHandle", handle}}},
            {"claimRef", {{"namespace", "shop"}, {"name", claim}, {"uid", "uid-" + claim}}}}}};
}

class ClaimOfVolumeTest : public testing::Test {
 protected:
  absl::StatusOr<std::optional<ClaimReference>> Find(const Report& report) {
    return FindClaim(api_, kDriver, report, {absl::Now() + absl::Seconds(10), {}});
  }
  static Report Of(const std::string& volume, const ClaimName& claim = {}) {
    return {Reason::kMountFailure, volume, "", claim, ""};
  }

  FakeKube server_;
  KubeApi api_{server_};
};

TEST_F(ClaimOfVolumeTest, EVT_1_TheClaimThatIsNamedIsAskedForItsUid) {
  server_.Put(kPersistentVolumeClaims,
              {{"metadata", {{"namespace", "shop"}, {"name", "data"}, {"uid", "u-1"}}}});
  const auto claim = Find(Of("pvc-1", {"shop", "data"}));
  ASSERT_TRUE(claim.ok() && *claim) << Message(claim.status());
  EXPECT_EQ((*claim)->uid, "u-1");
}

TEST_F(ClaimOfVolumeTest, EVT_1_AVolumeThatIsMeantForAClaimAndNotBoundYetLeadsToIt) {
  server_.Put(kPersistentVolumeClaims,
              {{"metadata", {{"namespace", "shop"}, {"name", "data"}, {"uid", "u-1"}}}});
  Json volume = Volume("pvc-1", kDriver, "pvc-1", "data");
  volume["spec"]["claimRef"].erase("uid");
  server_.Put(kPersistentVolumes, volume);
  const auto claim = Find(Of("pvc-1"));
  ASSERT_TRUE(claim.ok() && *claim) << Message(claim.status());
  EXPECT_EQ((*claim)->uid, "u-1");
}

TEST_F(ClaimOfVolumeTest, EVT_1_TheVolumeOfThatNameLeadsToItsClaim) {
  server_.Put(kPersistentVolumes, Volume("pvc-1", kDriver, "pvc-1", "data"));
  const auto claim = Find(Of("pvc-1"));
  ASSERT_TRUE(claim.ok() && *claim) << Message(claim.status());
  EXPECT_EQ((*claim)->name, (ObjectName{"shop", "data"}));
  EXPECT_EQ((*claim)->uid, "uid-data");
  EXPECT_EQ(server_.Journal().size(), 1U);
}

TEST_F(ClaimOfVolumeTest, EVT_1_AVolumeOfAnotherNameIsLookedFor) {
  server_.Put(kPersistentVolumes, Volume("imported", kDriver, "pvc-1", "data"));
  const auto claim = Find(Of("pvc-1"));
  ASSERT_TRUE(claim.ok() && *claim) << Message(claim.status());
  EXPECT_EQ((*claim)->name.name, "data");
}

TEST_F(ClaimOfVolumeTest, AVolumeOfAnotherDriverOrHandleIsNotTakenForIt) {
  server_.Put(kPersistentVolumes, Volume("pvc-1", "nfs.csi.k8s.io", "pvc-1", "other"));
  server_.Put(kPersistentVolumes, Volume("pvc-2", kDriver, "pvc-3", "another"));
  const auto claim = Find(Of("pvc-1"));
  ASSERT_TRUE(claim.ok());
  EXPECT_FALSE(*claim);
}

TEST_F(ClaimOfVolumeTest, ThereMayBeNone) {
  EXPECT_EQ(*Find(Of("pvc-1", {"shop", "gone"})), std::nullopt);
  EXPECT_EQ(*Find(Of("pvc-1")), std::nullopt);
}

TEST_F(ClaimOfVolumeTest, ASilentServerIsNoAnswer) {
  server_.Fail({"get", {}, Error(absl::StatusCode::kUnavailable, "no route"), 2});
  EXPECT_TRUE(absl::IsUnavailable(Find(Of("pvc-1", {"shop", "data"})).status()));
  EXPECT_TRUE(absl::IsUnavailable(Find(Of("pvc-1")).status()));
}

}  // namespace
}  // namespace rds_csi
