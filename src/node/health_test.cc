// SPDX-License-Identifier: Apache-2.0
#include "node/health.h"

#include "node/testing.h"
#include "nvme/anchor.h"

namespace rds_csi {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

class HealthTest : public AnchoredTest {
 protected:
  void StageOne() { ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/false)).ok()); }
  absl::StatusOr<std::vector<Finding>> Act() {
    return GetVolumeHealth(node(), {.id = id_, .staging_path = kStaging, .publish_path = kTarget},
                           Soon());
  }
  static auto IsFinding(Finding::Severity severity, const std::string& reason,
                        const std::string& words) {
    return AllOf(Field(&Finding::severity, severity), Field(&Finding::reason, reason),
                 Field(&Finding::message, HasSubstr(words)));
  }
};

TEST_F(HealthTest, AVolumeInOrderHasNoFindings) {
  StageOne();
  EXPECT_THAT(*Act(), IsEmpty());
}

TEST_F(HealthTest, AVolumeThatIsNotHereIsNotFound) {
  EXPECT_EQ(Act().status().code(), absl::StatusCode::kNotFound);
}

TEST_F(HealthTest, STL_7_AVolumeThatWaitsByItsAnchorIsDegraded) {
  StageOne();
  machine_.LoseConnection(id_.Nqn());
  EXPECT_THAT(*Act(), ElementsAre(IsFinding(Finding::Severity::kDegraded, "ConnectionLost",
                                            "an anchor keeps the device")));
}

TEST_F(HealthTest, SinceWhenAConnectionIsLostIsTold) {
  StageOne();
  StagedVolume volume = *Record();
  volume.lost_unix_seconds = 1'800'000'000;
  ASSERT_TRUE(node().staged().Put(volume).ok());
  machine_.LoseConnection(id_.Nqn());
  EXPECT_THAT(*Act(), ElementsAre(IsFinding(Finding::Severity::kDegraded, "ConnectionLost",
                                            "is lost since 2027-01-15T08:00:00")));
}

TEST_F(HealthTest, STL_7_AnAnchorThatIsNotMadeYetIsMissed) {
  StageOne();
  StagedVolume volume = *Record();
  volume.lifeline = Lifeline::kWanted;
  ASSERT_TRUE(node().staged().Put(volume).ok());
  EXPECT_THAT(*Act(), ElementsAre(IsFinding(Finding::Severity::kDegraded, "AnchorMissing", "")));
}

TEST_F(HealthTest, STL_5_AVolumeWhoseDeviceIsGoneIsInaccessible) {
  StageOne();
  ASSERT_TRUE(RemoveAnchor(machine_.host(), id_.Nqn(), Soon()).ok());
  machine_.LoseConnection(id_.Nqn());
  EXPECT_THAT(*Act(),
              ElementsAre(IsFinding(Finding::Severity::kInaccessible, "DeviceGone", "Restart"),
                          IsFinding(Finding::Severity::kInaccessible, "StaleMount", kStaging)));
}

TEST_F(HealthTest, STL_7_WhichLifelineHoldsIsVisible) {
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  StageOne();
  EXPECT_THAT(*Act(), ElementsAre(IsFinding(Finding::Severity::kDegraded, "NoAnchor", "")));
}

TEST_F(HealthTest, STL_7_TheKernelsOwnDelayIsVisible) {
  machine_.UnloadNvmet(/*modprobe_helps=*/false);
  machine_.HaveDelayedRemoval();
  StageOne();
  EXPECT_THAT(*Act(), ElementsAre(IsFinding(Finding::Severity::kDegraded, "DelayedRemoval", "")));
}

TEST_F(HealthTest, ADamagedRecordIsAFinding) {
  StageOne();
  machine_.AddFile("/var/lib/rds-csi/staged/pvc-1.json", "{");
  EXPECT_THAT(*Act(), ElementsAre(IsFinding(Finding::Severity::kDegraded, "DamagedRecord", "")));
}

TEST_F(HealthTest, STL_6_HealthTouchesNoFilesystemThatWaits) {
  StageOne();
  machine_.LoseConnection(id_.Nqn());
  machine_.ClearJournal();
  const absl::Time before = machine_.clock().Now();
  EXPECT_TRUE(Act().ok());
  EXPECT_EQ(machine_.clock().Now(), before);
}

TEST_F(HealthTest, APathElsewhereIsNotEvenLookedAt) {
  StageOne();
  machine_.AddMount("/etc/elsewhere", {8, 1}, "ext4", "/dev/sda1");
  const HealthRequest request = {
      .id = id_, .staging_path = kStaging, .publish_path = "/etc/elsewhere"};
  EXPECT_THAT(*GetVolumeHealth(node(), request, Soon()), IsEmpty());
}

TEST_F(HealthTest, ABlockDeviceThatIsPublishedIsNoStaleMount) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
  ASSERT_TRUE(Publish(MakePublishRequest(/*block=*/true)).ok());
  EXPECT_THAT(*Act(), IsEmpty());
}

TEST_F(HealthTest, AVolumeOnItsWayOutIsNotFoundFaultWith) {
  ASSERT_TRUE(Stage(MakeStageRequest(/*block=*/true)).ok());
  SetPhase(StagePhase::kUnstaging);
  machine_.LoseConnection(id_.Nqn());
  EXPECT_THAT(*Act(), IsEmpty());
  EXPECT_THAT(*GetStorageHealth(node()), IsEmpty());
}

TEST_F(HealthTest, AnRdsThatSomeVolumesAreConnectedToIsDegraded) {
  StageOne();
  StageRequest other = MakeStageRequest(/*block=*/true);
  other.id = *VolumeId::Parse("pvc-2");
  other.target.nqn = other.id.Nqn();
  other.staging_path = "/var/lib/kubelet/plugins/staging/pvc-2";
  machine_.Export(other.id.Nqn(), kVolumeSize);
  ASSERT_TRUE(Stage(other).ok());
  EXPECT_THAT(*GetStorageHealth(node()), IsEmpty());
  machine_.LoseConnection(id_.Nqn());
  ASSERT_EQ(GetStorageHealth(node())->size(), 1u);
  EXPECT_FALSE(GetStorageHealth(node())->front().unreachable);
  machine_.LoseConnection(other.id.Nqn());
  EXPECT_TRUE(GetStorageHealth(node())->front().unreachable);
}

TEST_F(HealthTest, MET_1_TheStatesOfStagedVolumesAreThoseOfTheMetrics) {
  StageOne();
  ASSERT_EQ(GetStagedStates(node()).size(), 1u);
  EXPECT_EQ(GetStagedStates(node())[0].link, LinkState::kLive);
  EXPECT_EQ(GetStagedStates(node())[0].survives_by, Survival::kAnchor);
  machine_.SetControllerState("nvme0", "connecting");
  EXPECT_EQ(GetStagedStates(node())[0].link, LinkState::kConnecting);
  machine_.LoseConnection(id_.Nqn());
  EXPECT_EQ(GetStagedStates(node())[0].link, LinkState::kLost);
}

}  // namespace
}  // namespace rds_csi
